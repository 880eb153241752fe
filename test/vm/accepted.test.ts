// Live migrations that the destination's driver accepts: the guest and its device's state arrive.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { CONTENTS, deviceState, freshStampedGuest, migrate, stamped, startHostsWithGuest } from './desktop.ts';
import type { Hosts } from './rig/hosts.ts';
import type { CommandResult } from './rig/machine.ts';

describe('accepted', () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startHostsWithGuest();
  });
  afterAll(() => hosts.stop());

  // What SECURITY.md says of a stamp, and what it does about it.
  test('a user without any rights reads the stamp by the read-only socket, until that is closed', async () => {
    const { alpha } = hosts;
    const asNobody = (): Promise<CommandResult> =>
      alpha.sh(
        `setpriv --reuid=65534 --regid=65534 --clear-groups virsh -r -c qemu:///system metadata desktop ${STAMP_NAMESPACE}`,
      );
    expect((await asNobody()).stdout).toContain('8086-591d-GVTg_V5_4-00000001');
    await alpha.output(`mkdir -p /run/systemd/system/libvirtd-ro.socket.d
printf '[Socket]\nSocketMode=0600\n' >/run/systemd/system/libvirtd-ro.socket.d/closed.conf
systemctl daemon-reload
systemctl stop libvirtd.service
systemctl restart libvirtd-ro.socket
systemctl start libvirtd.service`);
    const { status, stderr } = await asNobody();
    expect([status, stderr]).toEqual([1, expect.stringContaining('Permission denied')]);
    await stamped(alpha);
  });

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
