// The Nodes of `make node-test`: the oldest is the one that is promised.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isBefore, parseRelease, type Release, releaseText } from '../../src/model/release.ts';
import versions from './versions.json' with { type: 'json' };

const releases = Object.keys(versions.versions).map((version): Release => parseRelease(version) ?? [0, 0, 0]);

it('begin with the oldest that the hook and doctor take, in order', () => {
  const [oldest = [0, 0, 0], ...others] = releases;
  expect(readFileSync('hooks/qemu', 'utf8')).toContain(`Node.js >= ${releaseText(oldest).replace(/\.0$/, '')};`);
  expect(readFileSync('src/doctor/running.ts', 'utf8')).toContain(`OLDEST_NODE: Release = [${oldest.join(', ')}];`);
  for (const [index, release] of others.entries()) expect(isBefore(releases[index] ?? release, release)).toBe(true);
});

it('have one of each long-term release', () => {
  expect(new Set(releases.map(([major]) => major))).toEqual(new Set([18, 20, 22, 24, 26]));
});
