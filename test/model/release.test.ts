import { describe, expect, it } from 'vitest';
import { isBefore, parseRelease, releaseText } from '../../src/model/release.ts';

describe('a release', () => {
  it.each([
    ['v20.19.0\n', [20, 19, 0]],
    ['10.0.2 (Debian 1:10.0.2+ds-2)', [10, 0, 2]],
    ['11.3', [11, 3, 0]],
    ['', null],
    ['2', null],
  ])('%j', (text, release) => {
    expect(parseRelease(text)).toEqual(release);
  });

  it('is compared by numbers', () => {
    const ordered = ['6.4.9', '6.5.0', '6.5.1', '6.10.0', '10.0.0'].map(
      (text) => parseRelease(text) ?? ([0, 0, 0] as const),
    );
    for (const [index, one] of ordered.entries())
      for (const [other, two] of ordered.entries()) expect(isBefore(one, two)).toBe(index < other);
    expect(ordered.map(releaseText)[3]).toBe('6.10.0');
  });
});
