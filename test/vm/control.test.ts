// The counter-proof: what libvirt and QEMU do by themselves.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CONTENTS, DEVICE, deviceState, freshGuest, migrate } from './desktop.ts';
import { type Hosts, startHosts } from './rig/hosts.ts';
import { transcript } from './rig/transcript.ts';

describe('without mdev-preflight', () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startHosts();
    // Nothing of libvirt's is asked whether the guest may come.
    expect(await hosts.beta.output('ls -A /etc/libvirt/hooks 2>&1 || true')).toMatch(/^$|No such file/);
  });
  beforeEach(() => freshGuest(hosts));
  afterAll(() => hosts.stop());

  test('between equal drivers, a live migration takes the device state along', async () => {
    const { alpha, beta } = hosts;
    expect(await migrate(alpha, beta)).toMatchObject({ status: 0 });
    expect(await beta.state('desktop')).toBe('running');
    expect(await deviceState(beta)).toEqual({ contents: CONTENTS, generation: 1 });
  });

  test('to a driver of another version, virsh says 0, and the device state is gone', async () => {
    const { alpha, beta } = hosts;
    await beta.gpu.set({ software_version: 2 });
    const { on, text } = transcript();
    await on(alpha, `cat ${DEVICE}/migration_version`);
    await on(beta, `cat ${DEVICE}/migration_version`);
    await on(alpha, `cat ${DEVICE}/contents`);
    const { status } = await on(alpha, 'virsh migrate --live desktop qemu+tcp://beta/system; echo status: $?');
    expect(status).toBe(0);
    await on(alpha, 'virsh domstate desktop');
    await on(beta, 'virsh domstate desktop');
    await on(beta, `cat ${DEVICE}/contents`);
    await on(beta, "dmesg -t | grep 'resume:'");
    await on(beta, 'grep state /var/log/libvirt/qemu/desktop.log');
    await expect(text()).toMatchFileSnapshot('../../docs/evidence/control.txt');
    expect(await deviceState(beta)).toEqual({ contents: '', generation: 0 });
  });

  test('where the driver refuses the state as it arrives, the migration fails late, and the guest stays', async () => {
    const { alpha, beta } = hosts;
    await beta.gpu.set({ software_version: 2, refuse_in_stream: 'Y' });
    const { status, stderr } = await migrate(alpha, beta);
    expect([status, stderr]).toEqual([1, expect.stringContaining('load of migration failed: Invalid argument')]);
    expect(await alpha.state('desktop')).toBe('running');
    expect(await deviceState(alpha)).toEqual({ contents: CONTENTS, generation: 0 });
  });
});
