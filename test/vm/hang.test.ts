// Drivers that do not come back from write(2): the hook ends by its deadline, and libvirtd and the host stay usable.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTENTS, DEVICE, deviceState, migrate, startHostsWithGuest } from './desktop.ts';
import type { VmHost } from './rig/host.ts';
import type { Hosts } from './rig/hosts.ts';

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

  test('and has come back: the next migration works', async () => {
    const { alpha, beta } = hosts;
    expect(await migrate(alpha, beta)).toMatchObject({ status: 0 });
    expect(await deviceState(beta)).toEqual({ contents: CONTENTS, generation: 1 });
  });
});
