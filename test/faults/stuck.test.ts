// A driver that never comes back, wherever it is held: the hook ends in time for all who wait for it, and what it leaves
// behind goes once the driver answers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { callHook, type HookResult } from '../hook/call.ts';
import { IN_SESSION, leftOnly, type Session } from './left-behind.ts';
import { type KeptHost, keptHost } from '../hook/on-host.ts';
import { STUCK_PLACES, type StuckHost, type StuckPlace } from './stuck-places.ts';

const CALL = ['mdevguest', 'migrate', 'begin', '-'] as const;
const DEADLINES = [10, 2, 1] as const;
// Each ends by starting another Node, and a second is all there is for that.
const AT_ONCE = 4;

describe.skipIf(!CAN_MOUNT)('a driver that never comes back (needs root and /dev/fuse)', () => {
  const hosts = new Map<StuckHost, MountedHost>();
  const kept = new Map<StuckHost, Map<number, KeptHost>>();
  const results = new Map<StuckPlace, (readonly [number, HookResult])[]>();
  const sessions: Session[] = [];
  beforeAll(async () => {
    for (const host of new Set(STUCK_PLACES.map((place) => place.host))) {
      const mounted = await mountHost(host.description);
      hosts.set(host, mounted);
      const entries = new Map<number, KeptHost>();
      for (const seconds of DEADLINES)
        entries.set(seconds, await keptHost(mounted, `deadline_seconds = ${String(seconds)}\n`));
      kept.set(host, entries);
    }
    const [longest, ...others] = DEADLINES;
    const waiting = STUCK_PLACES.map((place) => call(place, longest));
    await new Promise((done) => setTimeout(done, 1500));
    for (const seconds of others)
      for (let begun = 0; begun < STUCK_PLACES.length; begun += AT_ONCE)
        await Promise.all(STUCK_PLACES.slice(begun, begun + AT_ONCE).map((place) => call(place, seconds)));
    await Promise.all(waiting);
  }, 40_000);
  afterAll(async () => {
    for (const entries of kept.values()) for (const entry of entries.values()) entry.leave();
    await Promise.all([...hosts.values()].map((host) => host.unmount()));
  });

  async function call(place: StuckPlace, seconds: number): Promise<void> {
    const enter = kept.get(place.host)?.get(seconds)?.enter ?? [];
    const wrapper = [...IN_SESSION, ...enter];
    const result = await callHook(CALL, { xml: place.guest, wrapper, during: ({ pid }) => sessions.push(pid) });
    results.set(place, [...(results.get(place) ?? []), [seconds, result]]);
  }

  test.each(STUCK_PLACES)('held in $name, the hook ends in time and refuses', (place) => {
    const all = results.get(place) ?? [];
    expect(all).toHaveLength(DEADLINES.length);
    for (const [seconds, { milliseconds, status, stdout, stderr }] of all) {
      expect({ seconds, status, stdout }).toEqual({ seconds, status: place.status, stdout: '' });
      expect(stderr).toMatch(/^mdev-preflight: refused: /);
      expect(stderr).toMatch(place.told);
      expect({ seconds, late: milliseconds >= (seconds + 1) * 1000 }).toEqual({ seconds, late: false });
      // And not before the driver had its time.
      expect({ seconds, early: milliseconds < (seconds - 0.5) * 1000 }).toEqual({ seconds, early: false });
    }
  });

  test('one process of each is left, killed, with no stream of the caller; none once the driver answers', async () => {
    const calls = STUCK_PLACES.length * DEADLINES.length;
    // The journal is not waited for.
    const left = await leftOnly(calls, sessions, 1000);
    expect(left).toHaveLength(calls);
    for (const { name, state, killed, open } of left) {
      expect({ name, state, killed }).toEqual({ name: 'node', state: 'D', killed: true });
      // The caller's streams are sockets.
      expect(open.filter((it) => it.startsWith('socket:'))).toEqual([]);
    }
    for (const [{ wellAgain }, host] of hosts) {
      host.change(wellAgain);
      host.release();
    }
    expect(await leftOnly(0, sessions, 2000)).toEqual([]);
  });
});
