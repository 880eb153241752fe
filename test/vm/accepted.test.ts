// Live migrations that the destination's driver accepts: the guest and its device's state arrive.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTENTS, deviceState, freshStampedGuest, migrate, stamped, startHostsWithGuest } from './desktop.ts';
import type { Hosts } from './rig/hosts.ts';

describe('accepted', () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startHostsWithGuest();
  });
  afterAll(() => hosts.stop());

  // One guest on its way: each move starts where the last one ended.
  test.each([
    ['from A to B, direct', 'alpha', 'beta', '', 'qemu+tcp'],
    ['back from B to A, peer to peer', 'beta', 'alpha', '--p2p', 'qemu+tcp'],
    ['to B again, over ssh', 'alpha', 'beta', '', 'qemu+ssh'],
  ] as const)('%s', async (_, from, to, options, scheme) => {
    const moved = (await deviceState(hosts[from])).generation;
    expect(await migrate(hosts[from], hosts[to], options, scheme)).toMatchObject({ status: 0, stderr: '' });
    expect(await hosts[to].state('desktop')).toBe('running');
    expect(await hosts[from].state('desktop')).not.toBe('running');
    expect(await deviceState(hosts[to])).toEqual({ contents: CONTENTS, generation: moved + 1 });
    await stamped(hosts[to]);
  });

  test('by a newer driver that takes older states, and refused on the way back by the older one', async () => {
    const { alpha, beta } = hosts;
    await freshStampedGuest(hosts);
    await beta.gpu.set({ software_version: 2, accept_older: 'Y' });
    expect(await migrate(alpha, beta)).toMatchObject({ status: 0 });
    expect(await deviceState(beta)).toEqual({ contents: CONTENTS, generation: 1 });
    const back = await migrate(beta, alpha);
    expect([back.status, back.stderr]).toEqual([1, expect.stringContaining('version-rejected')]);
    expect(await deviceState(beta)).toEqual({ contents: CONTENTS, generation: 1 });
  });
});
