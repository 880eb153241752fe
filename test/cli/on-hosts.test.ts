// The command line on simulated hosts: the whole preflight between two of them.
import { execa } from 'execa';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_MDEV, gvtHost, guestXml, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { hostWith, VERSION } from '../fuse/hosts.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { runCli } from './run.ts';

const home = mkdtempSync(join(tmpdir(), 'cli-hosts-'));

describe.skipIf(!CAN_MOUNT)('mdev-preflight on simulated hosts (needs root and /dev/fuse)', () => {
  let source: MountedHost;
  let host: MountedHost;
  let guest: string;
  beforeAll(async () => {
    [source, host] = await Promise.all([mountHost(gvtHost('alpha', 1)), mountHost(gvtHost('beta', 1))]);
    guest = join(home, 'guest.xml');
    const stamped = await runCli(
      ['stamp', '--xml', '-', '--sysfs-root', source.sysfsRoot],
      guestXml('g', [FIRST_MDEV, SECOND_MDEV]),
    );
    expect(stamped).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(guest, stamped.stdout);
  });
  afterAll(() => Promise.all([source.unmount(), host.unmount()]));

  const check = (...more: string[]): ReturnType<typeof runCli> =>
    runCli(['--sysfs-root', host.sysfsRoot, 'check', guest, ...more]);

  it('is a whole preflight as a pipe', async () => {
    const [xml, a, b] = [join(home, 'plain.xml'), source.sysfsRoot, host.sysfsRoot];
    writeFileSync(xml, guestXml('g', [FIRST_MDEV]));
    const command = `bin/mdev-preflight --sysfs-root ${a} stamp --xml ${xml} | bin/mdev-preflight --sysfs-root ${b} check -`;
    host.change(gvtHost('beta', 1));
    expect((await execa('sh', ['-c', command])).stdout).toMatch(/\ncompatible$/);
    host.change(gvtHost('beta', 2));
    expect((await execa('sh', ['-c', command], { reject: false })).exitCode).toBe(1);
  });

  it('answers with 0, 1 and 3, in text, as JSON and by the status alone', async () => {
    host.change(gvtHost('beta', 1));
    expect(await check()).toMatchObject({ status: 0, stderr: '' });
    expect(await check('--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
    host.change(gvtHost('beta', 2));
    const { status, stdout } = await check('--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      verdict: 'incompatible',
      devices: [
        {
          index: 0,
          uuid: FIRST_MDEV,
          guestAddress: 'pci:0000:01:00.0',
          source: { type: 'i915-GVTg_V5_4', version: VERSION.trim(), node: 'type' },
          destination: { parent: '0000:00:02.0', version: '8086-591d-GVTg_V5_4-00000002', node: 'type' },
          reasons: [{ code: 'version-rejected', errno: 'EINVAL', kernelLog: [expect.stringContaining('not matched')] }],
        },
        { index: 1, uuid: SECOND_MDEV },
      ],
    });
    host.change(hostWith({ openErrno: 13 }));
    expect(await check('--quiet')).toEqual({ status: 3, stdout: '', stderr: '' });
  });

  it('ends by the deadline when a driver hangs, and tells what is known', async () => {
    const config = join(home, 'config.toml');
    writeFileSync(config, 'deadline_seconds = 1\n');
    host.change(hostWith({ rule: { kind: 'hang' } }));
    const begun = performance.now();
    const { status, stdout } = await check('--json', '--config', config);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'undetermined',
      devices: [
        { destination: { version: VERSION.trim() }, reasons: [{ code: 'deadline-exceeded' }] },
        { destination: null, reasons: [{ code: 'deadline-exceeded' }] },
      ],
    });
    host.release();
    host.change(hostWith({ read: { hang: true } }));
    expect(await runCli(['list', '--sysfs-root', host.sysfsRoot, '--config', config])).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(
        /no answer before the deadline: .*migration_version; the list is not complete/,
      ) as string,
    });
    expect(await runCli(['stamp', '--xml', guest, '--sysfs-root', host.sysfsRoot, '--config', config])).toMatchObject({
      status: 3,
      stdout: '',
    });
    host.release();
  });

  it('stamps that a device cannot migrate, so that the destination can say so', async () => {
    source.change(hostWith({ read: { errno: 19 } }));
    const stamped = await runCli(
      ['stamp', '--xml', '-', '--sysfs-root', source.sysfsRoot],
      guestXml('g', [FIRST_MDEV]),
    );
    expect(stamped.status).toBe(0);
    expect(stamped.stdout).toContain('node="type" error="ENODEV"');
    host.change(gvtHost('beta', 1));
    const { status, stdout } = await runCli(['check', '-', '--sysfs-root', host.sysfsRoot], stamped.stdout);
    expect(status).toBe(1);
    expect(stdout).toContain('source-not-migratable');
    source.change(gvtHost('alpha', 1));
  });

  it('lists what the host has, in text and in the nesting of mdevctl', async () => {
    host.change(gvtHost('beta', 1));
    const text = await runCli(['list', '--sysfs-root', host.sysfsRoot]);
    expect(text).toMatchObject({ status: 0, stderr: '' });
    for (const part of ['0000:00:02.0', 'i915-GVTg_V5_8', 'Available instances: 3', FIRST_MDEV, VERSION.trim()])
      expect(text.stdout).toContain(part);
    const json = JSON.parse((await runCli(['list', '--json', '--sysfs-root', host.sysfsRoot])).stdout) as object;
    expect(json).toMatchObject({
      types: [
        {
          '0000:00:02.0': [
            { 'i915-GVTg_V5_4': { available_instances: 1, device_api: 'vfio-pci', migration_version: VERSION.trim() } },
            {},
          ],
        },
      ],
      mdevs: [{ '0000:00:02.0': [{ [FIRST_MDEV]: { mdev_type: 'i915-GVTg_V5_4' } }, {}] }],
    });
  });

  it('opens nothing for writing in the host but the attribute it asks at, as strace sees it', async (context) => {
    if ((await execa('strace', ['--version'], { reject: false })).failed) context.skip('needs strace');
    host.change(gvtHost('beta', 1));
    // A file for each thread: in one for all, a call that another interrupts stands on two lines.
    const logs = join(home, 'strace');
    mkdirSync(logs);
    const traced = await execa('strace', [
      '-ff',
      '-y',
      '-e',
      'trace=openat,open,creat,write,pwrite64,writev',
      '-o',
      join(logs, 'of'),
      'bin/mdev-preflight',
      '--sysfs-root',
      host.sysfsRoot,
      guest,
    ]);
    expect(traced.exitCode).toBe(0);
    const lines = readdirSync(logs)
      .flatMap((file) => readFileSync(join(logs, file), 'utf8').split('\n'))
      .filter((line) => line.includes(host.sysfsRoot));
    const forWriting = lines.filter((line) => /open(?:at)?\(.*O_(?:WRONLY|RDWR|CREAT|TRUNC)/.test(line));
    expect(forWriting).toHaveLength(2);
    for (const line of forWriting) expect(line).toMatch(/migration_version", O_WRONLY\|O_CLOEXEC\)/);
    // With -y, a write shows the path of its descriptor.
    const writes = lines.filter((line) => /^write\(\d+<[^>]*migration_version>/.test(line));
    expect(writes).toHaveLength(2);
    for (const line of writes) expect(line).toMatch(/"8086-591d-GVTg_V5_[48]-00000001\\n", 29\) = 29$/);
  });
});
