// The packages on running hosts: with systemd, libvirt and a guest that must not notice. alpha has the deb, beta the RPM.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestDefinition } from '../live/rig/guest.ts';
import type { VmHost } from './rig/host.ts';
import { type Hosts, startHosts } from './rig/hosts.ts';

const GUEST = guestDefinition('plain', { machine: 'q35' });
const LIBVIRTD = 'systemctl show --property MainPID --value libvirtd';
const FOLLOWING = 'systemctl show --property MainPID --value mdev-preflight';

describe.each(['alpha', 'beta'] as const)('the package on %s', (name) => {
  let hosts: Hosts;
  let host: VmHost;
  let daemon: string;
  beforeAll(async () => {
    hosts = await startHosts();
    host = hosts[name];
    await host.boot(GUEST);
    daemon = await host.output(LIBVIRTD);
  });
  afterAll(() => hosts.stop());

  async function untouched(): Promise<void> {
    expect(await host.output(LIBVIRTD)).toBe(daemon);
    expect(await host.state('plain')).toBe('running');
  }

  test('puts the gate in force when it is installed', async () => {
    await host.install();
    await untouched();
    expect(await host.output('systemctl is-enabled mdev-preflight; systemctl is-active mdev-preflight')).toBe(
      'enabled\nactive\n',
    );
    const { status, stdout } = await host.sh('mdev-preflight doctor');
    expect(stdout).toMatch(/^PASS {2}hook-noticed .* was reloaded at /m);
    expect([status, stdout]).toEqual([0, expect.stringContaining(`the gate on this host '${name}' is in force`)]);
  });

  test('runs its service anew when it is installed over another', async () => {
    const before = await host.output(FOLLOWING);
    await host.install();
    await untouched();
    const after = await host.output(FOLLOWING);
    expect(after).not.toBe(before);
    expect(await host.output('systemctl is-active mdev-preflight')).toBe('active\n');
    expect((await host.sh('mdev-preflight doctor')).status).toBe(0);
  });

  test('does not switch a service on again that was switched off', async () => {
    await host.output('systemctl --quiet disable --now mdev-preflight');
    await host.install();
    const { stdout } = await host.sh('systemctl is-enabled mdev-preflight; systemctl is-active mdev-preflight');
    expect(stdout).toBe('disabled\ninactive\n');
    await host.output('systemctl --quiet enable --now mdev-preflight');
  });

  test('leaves a host without it when it is removed', async () => {
    const process = (await host.output(FOLLOWING)).trim();
    await host.remove();
    await untouched();
    expect(await host.output(`ls /etc/libvirt/hooks/qemu.d /usr/libexec/mdev-preflight 2>&1 || true`)).not.toMatch(
      /50-|cjs/,
    );
    expect((await host.sh(`kill -0 ${process}; systemctl status mdev-preflight`)).status).toBe(4);
    await host.output('virsh destroy plain && virsh start plain');
  });
});
