// AppArmor as Debian ships it, enforcing, and the hook where a package puts it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { CONTENTS, deviceState, freshStampedGuest, migrate, stamped, startHostsWithGuest } from './desktop.ts';
import type { Hosts } from './rig/hosts.ts';

describe('under AppArmor', () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startHostsWithGuest();
  });
  afterAll(() => hosts.stop());

  // Debian's profile lets libvirtd start what is in /usr/bin without one: Node writes the attribute and reads the
  // kernel log unconfined, and the confined script ends it.
  test('the hook runs under the profile of libvirtd, and nothing is denied', async () => {
    const { alpha, beta } = hosts;
    expect(await beta.output('cat /proc/$(pidof libvirtd)/attr/current')).toBe('libvirtd (enforce)\n');
    await beta.gpu.set({ write_hangs: 1 });
    const migration = migrate(alpha, beta);
    const labels = async (): Promise<string[]> => {
      const list = await beta.output("ps -e -o label=,args= | grep '[5]0-mdev-preflight\\|[h]ook.cjs' || true");
      return [...new Set(list.split('\n').map((line) => line.replace(/ {2,}/, ': ')))].filter((line) => line !== '');
    };
    await expect
      .poll(labels)
      .toEqual([
        'libvirtd (enforce): /bin/sh /etc/libvirt/hooks/qemu.d/50-mdev-preflight desktop migrate begin -',
        'unconfined: node /usr/libexec/mdev-preflight/start.cjs /usr/libexec/mdev-preflight/hook.cjs answer desktop migrate begin -',
      ]);
    await beta.gpu.reset();
    expect(await migration).toMatchObject({ status: 0 });
    for (const host of [alpha, beta]) expect(await host.output('dmesg -t | grep DENIED || true')).toBe('');
  });

  test('libvirtd is restarted: the guest goes on, and the service keeps its stamp', async () => {
    const { beta } = hosts;
    await beta.output('systemctl restart libvirtd');
    expect(await beta.state('desktop')).toBe('running');
    expect((await deviceState(beta)).contents).toBe(CONTENTS);
    await beta.output(`virsh metadata desktop ${STAMP_NAMESPACE} --remove`);
    await stamped(beta);
  });

  // It is on the daemon's PATH, and runs for whoever tries it in a shell.
  test('a Node in /usr/local/bin is denied: the hook names it, and doctor finds it', async () => {
    const { alpha, beta } = hosts;
    await beta.output('virsh destroy desktop');
    await freshStampedGuest(hosts);
    await beta.output('mv /usr/bin/node /usr/local/bin/');
    const { status, stderr } = await migrate(alpha, beta);
    const told = "refused: guest 'desktop': it has mdevs, and libvirt's daemon may not run /usr/local/bin/node";
    expect([status, stderr]).toEqual([1, expect.stringContaining(told)]);
    const doctor = await beta.sh('mdev-preflight doctor');
    expect(doctor.stdout).toContain("/usr/local/bin/node may not be run under the AppArmor profile 'libvirtd'");
    expect(doctor.stdout).toMatch(/^FAIL {2}self-test .*\(node\)$/m);
    expect(doctor.status).toBe(1);
    expect(await beta.output('dmesg -t | grep DENIED')).toContain('name="/usr/local/bin/node"');
    await beta.output('mv /usr/local/bin/node /usr/bin/');
  });

  test('doctor finds nothing to complain of', async () => {
    for (const host of [hosts.alpha, hosts.beta]) {
      const { status, stdout } = await host.sh('mdev-preflight doctor');
      expect([status, stdout]).toEqual([
        0,
        expect.stringContaining(`the gate on this host '${host.name}' is in force`),
      ]);
      expect(stdout).not.toMatch(/^(WARN|FAIL)/m);
    }
  });
});
