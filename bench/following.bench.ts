// What following costs: from a guest's start to its stamp, and what it takes while nothing happens.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIRST_MDEV, gvtHost } from '../src/simulation/examples.ts';
import type { RunningCommand } from '../test/live/rig/enter.ts';
import { guestDefinition } from '../test/live/rig/guest.ts';
import type { LiveHost } from '../test/live/rig/host.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from '../test/live/rig/requirements.ts';
import { type Rig, startRig } from '../test/live/rig/rig.ts';

const ROUNDS = 20;
const IDLE_SECONDS = 60;
const TICKS_A_SECOND = 100;

describe.skipIf(!CAN_RUN_LIVE)(`stamp --all --follow${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let following: RunningCommand;
  beforeAll(async () => {
    const started = await startRig([{ name: 'alpha', sim: gvtHost('alpha', 1) }]);
    [alpha] = started.hosts;
    rig = started;
    following = alpha.spawn(['bin/mdev-preflight', 'stamp', '--all', '--follow']);
    await following.line(/following the guests/);
    await alpha.define(guestDefinition('guest', { mdevs: [{ uuid: FIRST_MDEV }] }));
  });
  afterAll(() => rig.stop());

  // By the clock of libvirt's own events: the guest has booted, its stamp is set.
  test('from start to stamp', async () => {
    const events = alpha.spawn(['virsh', '-c', 'qemu:///system', 'event', '--all', '--loop', '--timestamp']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const milliseconds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = events.lines.length;
      await alpha.virsh('start', 'guest');
      const since = (): readonly string[] => events.lines.slice(before);
      while (!since().some((line) => line.includes("'metadata-change'"))) await new Promise((r) => setTimeout(r, 20));
      const time = (pattern: RegExp): number =>
        Date.parse(
          since()
            .find((line) => pattern.test(line))
            ?.slice(0, 28) ?? '',
        );
      milliseconds.push(time(/metadata-change/) - time(/Started Booted/));
      await alpha.virsh('destroy', 'guest');
    }
    events.kill();
    const sorted = milliseconds.sort((a, b) => a - b);
    const median = sorted[ROUNDS / 2] ?? NaN;
    process.stdout.write(
      `guest start to stamp: median ${String(median)} ms of ${String(ROUNDS)}, ${String(sorted[0])} to ${String(sorted.at(-1))}\n`,
    );
    expect(median).toBeLessThan(1000);
  });

  test('idle', async () => {
    await alpha.virsh('start', 'guest');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const { stdout } = await alpha.run(['pgrep', '-f', 'stamp --all --follow|event --all']);
    const pids = stdout.trim().split('\n');
    expect(pids).toHaveLength(2);
    const before = await Promise.all(pids.map(ticksOf));
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
    for (const [index, pid] of pids.entries()) {
      const milliseconds = (((await ticksOf(pid)) - (before[index] ?? NaN)) * 1000) / TICKS_A_SECOND;
      const name = (await proc(pid, 'comm')).trim();
      const resident = /^VmRSS:\s+(\d+) kB/m.exec(await proc(pid, 'status'))?.[1];
      const own = /^Pss:\s+(\d+) kB/m.exec(await proc(pid, 'smaps_rollup'))?.[1];
      process.stdout.write(
        `idle for ${String(IDLE_SECONDS)} s, ${name}: ${String(milliseconds)} ms of CPU; ${String(resident)} kB resident, ${String(own)} kB proportional\n`,
      );
    }
  });

  const proc = async (pid: string, file: string): Promise<string> =>
    (await alpha.run(['cat', `/proc/${pid}/${file}`])).stdout;

  // utime and stime of proc(5).
  async function ticksOf(pid: string): Promise<number> {
    const fields = (await proc(pid, 'stat')).replace(/^.*\) /, '').split(' ');
    return Number(fields[11]) + Number(fields[12]);
  }
});
