// Many guests that come to a host whose driver is stuck, over and over: each is refused in time, and what is left of
// them goes once the driver answers. The most by hand: STUCK_HOOKS=100 npx vitest run -c vitest.faults.config.ts pile
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIRST_MDEV, gvtHost, guestXml } from '../../src/simulation/examples.ts';
import { hostWith } from '../fuse/hosts.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { stampOn } from '../preflight/exchange.ts';
import { callHook, type HookResult } from '../hook/call.ts';
import { IN_SESSION, leftOnly, type Session } from './left-behind.ts';
import { keptHost } from '../hook/on-host.ts';

const CALL = ['mdevguest', 'migrate', 'begin', '-'] as const;
// As many as a libvirtd has workers (libvirtd.conf, max_workers).
const HOOKS = Number(process.env['STUCK_HOOKS'] ?? 20);
const SECONDS = 2;
// Each takes two starts of Node, which are most of what the machine does meanwhile.
const BETWEEN = 150;

const guest = stampOn(gvtHost('alpha', 1), guestXml('mdevguest', [FIRST_MDEV]));
const hanging = hostWith({ rule: { kind: 'hang' } });

interface Crowd {
  readonly results: readonly HookResult[];
  /** What a call took at most, meanwhile, that no driver held: the machine has other things to do. */
  readonly usual: number;
  readonly sessions: readonly Session[];
}

describe.skipIf(!CAN_MOUNT)('many hooks and a stuck driver (needs root and /dev/fuse)', () => {
  let host: MountedHost;
  let well: MountedHost;
  beforeAll(async () => {
    [host, well] = await Promise.all([mountHost(hanging), mountHost(gvtHost('beta', 1))]);
  });
  afterAll(() => Promise.all([host.unmount(), well.unmount()]));

  // Node reads something below /sys when it starts, which no driver holds: so that is another host's.
  async function crowd(count: number, seconds: number): Promise<Crowd> {
    const config = `deadline_seconds = ${String(seconds)}\nsysfs_root = "${host.sysfsRoot}"\n`;
    const kept = await keptHost(well, config);
    const wrapper = [...IN_SESSION, ...kept.enter];
    const sessions: Session[] = [];
    const other = await keptHost(well);
    const usual = Promise.all(
      [0.2, 0.5, 1].map(async (part) => {
        await new Promise((done) => setTimeout(done, part * (count * BETWEEN + seconds * 1000)));
        return (await callHook(CALL, { xml: guest, wrapper: other.enter })).milliseconds;
      }),
    );
    const results = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        await new Promise((done) => setTimeout(done, index * BETWEEN));
        return callHook(CALL, { xml: guest, wrapper, during: ({ pid }) => sessions.push(pid) });
      }),
    );
    kept.leave();
    const most = Math.max(...(await usual));
    other.leave();
    const times = results.map(({ milliseconds }) => Math.round(milliseconds)).sort((a, b) => a - b);
    if (process.env['STUCK_HOOKS'] !== undefined) process.stderr.write(`${JSON.stringify(times)}\n`);
    return { results, sessions, usual: most };
  }

  function expectRefused({ results, usual }: Crowd, seconds: number): void {
    for (const { status, stdout, stderr, milliseconds } of results) {
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toContain(': deadline-exceeded: ');
      expect(milliseconds).toBeLessThan((seconds + 1) * 1000 + usual);
    }
  }

  const TIME = HOOKS * BETWEEN + 15_000;
  test(
    'each is refused in time, one process of each is left, and none once the driver answers',
    async () => {
      const all = await crowd(HOOKS, SECONDS);
      expectRefused(all, SECONDS);
      // The journal is not waited for. One that the machine let come to the driver too late is not held by it.
      const left = (await leftOnly(HOOKS, all.sessions, 1000)).map(({ name, state, killed }) => ({
        name,
        state,
        killed,
      }));
      expect(left.length).toBeGreaterThan(0);
      expect(left.length).toBeLessThanOrEqual(HOOKS);
      for (const it of left) expect(it).toEqual({ name: 'node', state: 'D', killed: true });
      if (process.env['STUCK_HOOKS'] !== undefined) process.stderr.write(`${String(left.length)} left\n`);
      host.change(gvtHost('beta', 1));
      host.release();
      expect(await leftOnly(0, all.sessions, 2000)).toEqual([]);
      host.change(hanging);
    },
    TIME,
  );

  test('of those that a driver holds only until they are killed, none is left', async () => {
    host.pause();
    try {
      const all = await crowd(6, SECONDS);
      expectRefused(all, SECONDS);
      expect(await leftOnly(0, all.sessions, 1000)).toEqual([]);
    } finally {
      host.resume();
    }
  });
});
