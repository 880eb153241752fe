// What is hostile by its size costs no more than its size: a second for a megabyte; of the processor's time where the
// machine is busy.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { orphanedScript } from '../hook/call.ts';
import { SHELLS } from '../hook/shells.ts';
import { LARGE_TEXT, LARGE_WITH_MDEV } from './large.ts';

const MEGABYTE = 1024 * 1024;
const SECOND = 1000;

// Those that took the longest, before or after they were mended. All: node build/measure-large.cjs 1048576.
const WORST = [
  'attributes of its address',
  'hostdevs',
  'hostdevs and a stamp of others',
  'hostdevs of a host with a long name',
  'eight hostdevs of a guest with a long name',
];

type Measured = Readonly<Record<'milliseconds' | 'piped' | 'bytes', number>>;

const measured = (kind: string): Measured =>
  JSON.parse(
    execFileSync(process.execPath, ['build/measure-large.cjs', String(MEGABYTE), kind]).toString(),
  ) as Measured;

// What shares a core and its caches takes some of the processor's time as well, and can only add to it.
const least = (all: readonly Measured[]): Measured =>
  all.reduce((one, other) => (other.milliseconds < one.milliseconds ? other : one));

describe('the hook as functions', () => {
  it('takes less than a second for a megabyte, and tells its pipe no more than eight times what it read', () => {
    for (const kind of WORST) {
      const { milliseconds, piped, bytes } = least(Array.from({ length: 3 }, () => measured(kind)));
      expect(milliseconds, kind).toBeLessThan(SECOND);
      expect(piped, kind).toBeLessThan(8 * bytes);
    }
  }, 60_000);

  it('knows all of them', () => {
    expect(WORST.filter((kind) => !(kind in LARGE_WITH_MDEV))).toEqual([]);
  });
});

// dash once looked for the end behind each <domain: minutes. The others are what awk is the slowest with.
const FOR_THE_SHELL = [
  'beginnings of a domain',
  'beginnings of a domain in a comment',
  'depth',
  'hostdevs that are none',
];

describe.each(SHELLS.filter(({ missing }) => !missing))('hooks/qemu run by $name, without its program', ({ words }) => {
  it.each(FOR_THE_SHELL)('takes less than a second for a megabyte: %s', (kind) => {
    const input = LARGE_TEXT[kind]?.(MEGABYTE) ?? '';
    expect(input.length).toBeGreaterThanOrEqual(MEGABYTE);
    const times = join(mkdtempSync(join(tmpdir(), 'large-')), 'times');
    const call = [...words, orphanedScript(), 'guest', 'migrate', 'begin', '-'];
    const { signal } = spawnSync('/bin/sh', ['-c', 'times=$1; shift; "$@"; times >"$times"', 'sh', times, ...call], {
      input,
      timeout: 15_000,
      env: { PATH: '/usr/bin:/bin' },
    });
    expect(signal).toBeNull();
    // The second line is of the children: user and system, "0m1.230s 0m0.040s".
    const [, children = ''] = readFileSync(times, 'utf8').split('\n');
    const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
    );
    expect(seconds).toHaveLength(2);
    expect(seconds.reduce((sum, part) => sum + part, 0)).toBeLessThan(SECOND / 1000);
  });
});
