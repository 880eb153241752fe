// Faults put into the hook with strace: whatever fails, and whoever is killed, each call ends in a refusal or in an
// acceptance that the driver gave. Some of them here; FAULTS=all tries every one, which takes a quarter of an hour, and tells
// what came of it (FAULTS_LOG=FILE, FAULTS_ONLY=PATTERN).
import { execa } from 'execa';
import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAN_MOUNT } from '../fuse/mount.ts';
import type { FaultyHost } from './injected.ts';
import * as sweep from './sweep.ts';
import { SHELLS } from '../hook/shells.ts';

const hasStrace = !(await execa('strace', ['--version'], { reject: false })).failed;
const WORLDS: readonly sweep.World[] = [
  { driver: 'accepts', restamp: 'hook' },
  { driver: 'rejects', restamp: 'off' },
];
const ALL = process.env['FAULTS'] === 'all';
const ONLY = new RegExp(process.env['FAULTS_ONLY'] ?? '');
const SEED = 20_261_122;
const SOME = 24;

describe.skipIf(!CAN_MOUNT || !hasStrace)('hooks/qemu with faults (needs root, /dev/fuse and strace)', () => {
  let hosts: FaultyHost[];
  let document: string;
  const tried = new Map<string, number>();
  const problems: string[] = [];

  beforeAll(async () => {
    hosts = await Promise.all(WORLDS.map((world) => sweep.hostOf(world, 'deadline_seconds = 2\n')));
    const clean = await hosts[0]?.call({ shell: SHELLS.find(({ missing }) => !missing)?.words ?? [] });
    document = sweep.certain(clean?.stdout ?? '');
    expect(clean).toMatchObject({ status: 0, stderr: '', left: [] });
    expect(document).toMatch(/<mdev-preflight:stamp /);
  });
  afterAll(() => Promise.all(hosts.map((host) => host.unmount())));

  const tell = (line: string): void => {
    if (ALL) appendFileSync(process.env['FAULTS_LOG'] ?? '/dev/stderr', `${line}\n`);
  };

  /** Whether the fault's call was made. */
  const attempt = async (world: sweep.World, series: sweep.Series, when: number): Promise<boolean> => {
    const host = hosts[WORLDS.indexOf(world)];
    if (host === undefined) throw new Error('no host');
    const outcome = await host.call({ fault: sweep.faultOf(series, when), shell: series.shell.words });
    const found = sweep.problemOf(outcome, world, document);
    // It excuses a delay, and nothing else.
    const known = found !== null && found === sweep.lateness(outcome) ? sweep.notHeld(series, outcome) : null;
    const problem = known === null ? found : null;
    const kind = known ?? sweep.kindOf(outcome);
    if (outcome.met) tried.set(kind, (tried.get(kind) ?? 0) + 1);
    const { status, signal, milliseconds, stderr } = outcome;
    const told = `${sweep.nameOf(world, series)} #${String(when)}: ${String(status ?? signal)}, ${milliseconds.toFixed(0)} ms, ${stderr.slice(0, 200)}`;
    if (known !== null) tell(`${known}: ${told}`);
    if (problem !== null) problems.push(`${problem}: ${told}`);
    if (problem !== null) tell(`PROBLEM ${problem}: ${told}`);
    return outcome.met;
  };

  it('refuses, or accepts what the driver accepted: some of them', { timeout: 60_000 }, async () => {
    await Promise.all(
      WORLDS.map(async (world) => {
        for (const { series, when } of sweep.someFaults(world, SEED, SOME)) await attempt(world, series, when);
      }),
    );
    expect(problems).toEqual([]);
    expect([...tried.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(SOME / 2);
  });

  it.runIf(ALL)(
    'refuses, or accepts what the driver accepted: all of them (needs FAULTS=all)',
    { timeout: 0 },
    async () => {
      await Promise.all(
        WORLDS.map(async (world) => {
          for (const series of sweep.allSeries(world)) {
            if (!ONLY.test(sweep.nameOf(world, series))) continue;
            let when = 1;
            while (await attempt(world, series, when)) when += sweep.stepOf(series, when);
            tell(`${sweep.nameOf(world, series)}: up to #${String(when)}`);
          }
        }),
      );
      tell(JSON.stringify([...tried]));
      expect(problems).toEqual([]);
    },
  );
});
