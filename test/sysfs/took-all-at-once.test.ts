// A short write is told from a whole one by what the thread wrote meanwhile, whatever Node wrote besides.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tookAllAtOnce } from '../../src/sysfs/offer.ts';

const before = { calls: 12, bytes: 3456 };
/** The sizes of the write(2) calls in between. */
const after = (...sizes: number[]): boolean =>
  tookAllAtOnce({
    before,
    after: { calls: before.calls + sizes.length, bytes: before.bytes + sizes.reduce((sum, size) => sum + size, 0) },
    length: 29,
  });

describe('a version of 29 bytes', () => {
  it.each([
    ['in one write', [29]],
    ['with a wake of the event loop before it', [8, 29]],
    ['with wakes around it', [8, 29, 8, 8]],
  ])('was taken %s', (_, sizes) => {
    expect(after(...sizes)).toBe(true);
  });

  it.each([
    ['was not written at all', []],
    ['was taken in two', [21, 8]],
    ['was taken in two, of which one looks like a wake', [8, 21]],
    ['was taken in three', [8, 13, 8]],
    ['was taken in two, with a wake', [20, 9, 8]],
    ['was taken in part', [28]],
    ['was taken in part, with a wake', [21, 8]],
    ['was taken with something else beside it that is no wake', [29, 1]],
  ])('%s: no', (_, sizes) => {
    expect(after(...sizes)).toBe(false);
  });

  it('is never whole where nothing was written, not even one that is as long as a wake', () => {
    expect(tookAllAtOnce({ before, after: before, length: 8 })).toBe(false);
  });

  it('is never whole in pieces, with any number of wakes', () => {
    const pieces = fc
      .array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 6 })
      .chain((sizes) => fc.tuple(fc.constant(sizes), fc.integer({ min: 0, max: 20 })));
    fc.assert(
      fc.property(pieces, ([sizes, wakes]) => {
        const length = sizes.reduce((sum, size) => sum + size, 0);
        const calls = sizes.length + wakes;
        expect(
          tookAllAtOnce({ before: { calls: 0, bytes: 0 }, after: { calls, bytes: length + wakes * 8 }, length }),
        ).toBe(false);
      }),
    );
  });
});
