// Drivers that do not come back from write(2): the hook ends by its deadline, and libvirtd and the host stay usable.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTENTS, DEVICE, deviceState, migrate, startHostsWithGuest } from './desktop.ts';
import type { VmHost } from './rig/host.ts';
import type { Hosts } from './rig/hosts.ts';
import type { CommandResult } from './rig/machine.ts';

// Emulated, the hook takes seconds to get as far as the driver.
const DEADLINE = 20;
const UNTIL_A_SIGNAL = 1;
const WHATEVER_COMES = 2;

describe('a driver that hangs', () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startHostsWithGuest();
    await hosts.beta.configure(`deadline_seconds = ${String(DEADLINE)}\n`);
  });
  afterAll(() => hosts.stop());

  // The process that asks, and its state: S or D.
  const asking = async (host: VmHost): Promise<string> =>
    (await host.output("ps -e -o stat= -o args= | grep '[h]ook.cjs answer' | cut -c1 || true")).trim();

  const refusedAtTheDeadline = async (): Promise<void> => {
    const { alpha, beta } = hosts;
    const begun = performance.now();
    const migration = migrate(alpha, beta);
    await expect.poll(() => asking(beta)).not.toBe('');
    // Somebody else's question is answered meanwhile.
    expect(await beta.sh('virsh list --all --name')).toMatchObject({ status: 0 });
    const { status, stderr } = await migration;
    const seconds = (performance.now() - begun) / 1000;
    const node = `writing ${DEVICE}/migration_version`;
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`deadline-exceeded: no answer before the deadline: ${node}`),
    ]);
    // Before the deadline libvirt's own part of the migration, after it the reply: under emulation, seconds each.
    expect(seconds).toBeGreaterThan(DEADLINE);
    expect(seconds).toBeLessThan(DEADLINE + 15);
    expect(await alpha.state('desktop')).toBe('running');
    expect(await deviceState(alpha)).toEqual({ contents: CONTENTS, generation: 0 });
  };

  test('and can be killed: no process is left', async () => {
    const { beta } = hosts;
    await beta.gpu.set({ write_hangs: UNTIL_A_SIGNAL });
    await refusedAtTheDeadline();
    await expect.poll(() => asking(beta)).toBe('');
    await beta.gpu.reset();
  });

  test('and cannot be killed: the process is left until the driver comes back', async () => {
    const { beta } = hosts;
    await beta.gpu.set({ write_hangs: WHATEVER_COMES });
    await refusedAtTheDeadline();
    expect(await asking(beta)).toBe('D');
    await beta.gpu.reset();
    await expect.poll(() => asking(beta)).toBe('');
  });

  // The hook by itself, as libvirt calls it: a migration each would take minutes.
  test('and is asked again and again: each time one process is left, and all go when the driver comes back', async () => {
    const { alpha, beta } = hosts;
    const xml = await alpha.output('virsh dumpxml --migratable desktop');
    const call = (): Promise<CommandResult> =>
      beta.sh('/etc/libvirt/hooks/qemu.d/50-mdev-preflight desktop migrate begin -', xml);
    await beta.gpu.set({ write_hangs: WHATEVER_COMES });
    // None of them may have spent it before it asks.
    await beta.configure('deadline_seconds = 60\n');
    const calls: Promise<CommandResult>[] = [];
    // One behind the other, for under emulation Node's start takes seconds.
    for (let left = 1; left <= 6; left += 1) {
      calls.push(call());
      await expect
        .poll(async () => (await asking(beta)).split('\n').filter((state) => state === 'D'))
        .toHaveLength(left);
    }
    for (const { status, stderr } of await Promise.all(calls)) {
      expect(status).toBe(3);
      expect(stderr).toContain('deadline-exceeded');
    }
    expect((await asking(beta)).split('\n')).toEqual(calls.map(() => 'D'));
    await beta.gpu.reset();
    await beta.configure(`deadline_seconds = ${String(DEADLINE)}\n`);
    await expect.poll(() => asking(beta)).toBe('');
    expect(await beta.output("ps -e -o args= | grep -c '[q]emu.d/50-mdev-preflight' || true")).toBe('0\n');
  });

  test('and has come back: the next migration works', async () => {
    const { alpha, beta } = hosts;
    expect(await migrate(alpha, beta)).toMatchObject({ status: 0 });
    expect(await deviceState(beta)).toEqual({ contents: CONTENTS, generation: 1 });
  });
});
