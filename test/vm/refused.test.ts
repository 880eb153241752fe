// Live migrations that are refused by the answer of a real driver: the guest goes on where it is, state and all.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CONTENTS, DEVICE, deviceState, MDEV, migrate, startHostsWithGuest } from './desktop.ts';
import type { Settings } from './rig/gpu.ts';
import type { Hosts } from './rig/hosts.ts';
import { transcript } from './rig/transcript.ts';

const VERSION = '8086-591d-GVTg_V5_4-00000001';

const CHANGES: [because: string, settings: Settings, ...told: string[]][] = [
  [
    'the driver there is for another device',
    { device_id: '0x5917' },
    "version-rejected: the driver here rejects the source's version with EINVAL (Invalid argument)",
    "version '8086-5917-GVTg_V5_4-00000001'",
    'Possible reason: physical device not matched',
  ],
  [
    'the driver there does not support migration',
    { supported: 'N' },
    'destination-attribute-unreadable: reading migration_version here failed with ENODEV (No such device)',
  ],
  [
    'the driver there says ENODEV to the question',
    { write_errno: 19 },
    "version-rejected: the driver here rejects the source's version with ENODEV (No such device)",
  ],
  ['the driver there fails', { write_errno: 5 }, 'EIO (Input/output error)'],
  [
    'the driver there has no migration_version',
    { type_node: 'N', device_node: 'N' },
    'destination-attribute-missing: no migration_version at the type node here',
  ],
];

describe('refused', () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startHostsWithGuest();
  });
  beforeEach(() => Promise.all([hosts.alpha.gpu.reset(), hosts.beta.gpu.reset(), hosts.beta.otherGpu.reset()]));
  afterEach(async () => {
    expect(await hosts.alpha.state('desktop')).toBe('running');
    expect(await deviceState(hosts.alpha)).toEqual({ contents: CONTENTS, generation: 0 });
    expect(await hosts.beta.state('desktop')).toBeNull();
  });
  afterAll(() => hosts.stop());

  test('where the driver there has another software version, in the words that the kernel has for it', async () => {
    const { alpha, beta } = hosts;
    await beta.gpu.set({ software_version: 2 });
    await beta.output('dmesg --clear');
    const { on, text } = transcript();
    await on(alpha, `cat ${DEVICE}/migration_version`);
    await on(beta, `cat ${DEVICE}/migration_version`);
    const { status } = await on(alpha, 'virsh migrate --live desktop qemu+tcp://beta/system');
    expect(status).toBe(1);
    await on(alpha, 'virsh domstate desktop');
    await on(alpha, `cat ${DEVICE}/contents`);
    await on(beta, "dmesg -t | grep 'gvt:'");
    await on(beta, 'journalctl -t mdev-preflight -o cat --grep refused');
    await expect(text()).toMatchFileSnapshot('../../docs/evidence/refusal.txt');
  });

  test.each(CHANGES)('where %s', async (_, settings, ...told) => {
    await hosts.beta.gpu.set(settings);
    const { status, stderr } = await migrate(hosts.alpha, hosts.beta);
    expect([status, stderr]).toEqual([1, expect.stringContaining("mdev-preflight: refused: guest 'desktop'")]);
    for (const words of told) expect(stderr).toContain(words);
  });

  test('where the driver of the source could not be read', async () => {
    const { alpha, beta } = hosts;
    await alpha.gpu.set({ read_errno: 5 });
    expect(await alpha.sh('mdev-preflight stamp desktop')).toMatchObject({ status: 0 });
    const { status, stderr } = await migrate(alpha, beta);
    await alpha.gpu.reset();
    expect(await alpha.sh('mdev-preflight stamp desktop')).toMatchObject({ status: 0 });
    expect([status, stderr]).toEqual([1, expect.stringContaining('EIO')]);
  });

  test('by the parent that the mdev is on, whatever its neighbour says', async () => {
    const { alpha, beta } = hosts;
    await beta.output(`echo 1 >${DEVICE}/remove`);
    await beta.otherGpu.set({ software_version: 2 });
    await beta.otherGpu.createMdev(MDEV);
    const { status, stderr } = await migrate(alpha, beta);
    expect([status, stderr]).toEqual([1, expect.stringContaining('version-rejected')]);
    expect(stderr).toContain("parent '0000:00:11.0' version '8086-591d-GVTg_V5_4-00000002'");
    // And the other way round.
    await beta.output(`echo 1 >${DEVICE}/remove`);
    await beta.gpu.createMdev(MDEV);
    const xml = await alpha.output('virsh dumpxml --migratable desktop');
    expect(await beta.sh('mdev-preflight check -', xml)).toMatchObject({ status: 0 });
  });

  test('or accepted: the device node is asked where there is one, else the type node, and the answer says which', async () => {
    const { alpha, beta } = hosts;
    const xml = await alpha.output('virsh dumpxml --migratable desktop');
    const asked = async (): Promise<unknown> => {
      const { stdout } = await beta.sh('mdev-preflight check --json -', xml);
      return (JSON.parse(stdout) as { devices: unknown[] }).devices[0];
    };
    const accepted = (node: string): object => ({
      verdict: 'compatible',
      destination: { node, parent: '0000:00:10.0', version: VERSION },
    });
    expect(await asked()).toMatchObject(accepted('device'));
    await beta.gpu.set({ device_node: 'N' });
    expect(await asked()).toMatchObject(accepted('type'));
  });
});
