// hooks/qemu on simulated hosts: real system calls, real errnos, the configuration of the host.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_MDEV, gvtHost, guestXml, SECOND_MDEV } from '../../src/simulation/examples.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { runCli } from '../cli/run.ts';
import { hostWith, VERSION } from '../fuse/hosts.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { NODE } from '../node/under-test.ts';
import { callHook, captured, type HookOptions, type HookResult } from './call.ts';
import { onHost } from './on-host.ts';
import { SHELLS } from './shells.ts';

const CALL = ['mdevguest', 'migrate', 'begin', '-'] as const;
const STAMP = /<mdev-preflight:stamp[^]*<\/mdev-preflight:stamp>/;

describe.skipIf(!CAN_MOUNT)('hooks/qemu on a simulated host (needs root and /dev/fuse)', () => {
  let source: MountedHost;
  let host: MountedHost;
  beforeAll(async () => {
    [source, host] = await Promise.all([mountHost(gvtHost('alpha', 1)), mountHost(gvtHost('beta', 1))]);
  });
  afterAll(() => Promise.all([source.unmount(), host.unmount()]));

  const stamped = async (xml: string): Promise<string> =>
    (await runCli(['--sysfs-root', source.sysfsRoot, 'stamp', '--xml', '-'], xml)).stdout;
  const call = (xml: string, config?: string, options: HookOptions = {}): Promise<HookResult> =>
    callHook(CALL, { xml, wrapper: onHost(host, config), ...options });

  it('accepts, and hands back the same document with only the stamp renewed', async () => {
    host.change(gvtHost('beta', 1));
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV, SECOND_MDEV]));
    for (const { missing, words } of SHELLS) {
      if (missing) continue;
      const result = await call(guest, undefined, { shell: words });
      expect(result).toMatchObject({ status: 0, stderr: '' });
      expect(result.stdout.replace(STAMP, '')).toBe(guest.replace(STAMP, ''));
      expect(STAMP.test(result.stdout)).toBe(true);
      expect(result.stdout).toContain('type="i915-GVTg_V5_8"');
    }
  });

  it.each(['9.0.0-60-offline-mdev', '11.3.0-60-offline-mdev', '11.3.0-v3-gate-refuses-swver'])(
    'judges the domain XML that libvirt really handed to a hook: %s',
    async (capture) => {
      const [uuid = ''] =
        /(?<=<address uuid=')[^']*/.exec(captured(`${capture}/dst/001-migrate-begin.stdin.xml`)) ?? [];
      const moved = (name: string, software: number): SimulatedHost => {
        const it = gvtHost(name, software);
        return { ...it, mdevs: { [uuid]: { parent: '0000:00:02.0', type: 'i915-GVTg_V5_4' } } };
      };
      source.change(moved('alpha', 1));
      const xml = await stamped(captured(`${capture}/dst/001-migrate-begin.stdin.xml`));
      host.change(moved('beta', 1));
      expect(await call(xml)).toMatchObject({ status: 0, stderr: '' });
      host.change(moved('beta', 2));
      const refused = await call(xml);
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused.stderr).toContain('version-rejected');
      source.change(gvtHost('alpha', 1));
      host.change(gvtHost('beta', 1));
    },
  );

  it('stays silent on acceptance where restamp = "off"', async () => {
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV]));
    expect(await call(guest, 'restamp = "off"\n')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('hands back a large document whole, with every byte that is not ASCII', async () => {
    const filler = `<!-- ${'äöü€😀\u0080\u0081\u0088\u007f'.repeat(60_000)} -->`;
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV]).replace('<devices>', `${filler}\r\n<devices>`));
    for (const { missing, words } of SHELLS) {
      if (missing) continue;
      const result = await callHook(CALL, { xml: Buffer.from(guest, 'utf8'), wrapper: onHost(host), shell: words });
      expect(result.status).toBe(0);
      const document = Buffer.from(result.stdout, 'latin1').toString('utf8');
      expect(document.replace(STAMP, '') === guest.replace(STAMP, '')).toBe(true);
    }
  });

  it('refuses in words that say who, what, why and what next, and adds the words of the driver', async () => {
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV, SECOND_MDEV]));
    host.change(gvtHost('beta', 2));
    const result = await call(guest);
    expect(result).toMatchObject({ status: 1, stdout: '' });
    const [first = '', second = '', log = ''] = result.stderr.split('\n');
    for (const line of [first, second]) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(600);
    for (const part of [
      "'mdevguest'",
      FIRST_MDEV,
      'pci:0000:01:00.0',
      'i915-GVTg_V5_4',
      VERSION.trim(),
      '0000:00:02.0',
    ])
      expect(first).toContain(part);
    for (const part of ['8086-591d-GVTg_V5_4-00000002', 'EINVAL (Invalid argument)', 'Next: ', 'mdev-preflight list'])
      expect(first).toContain(part);
    expect(second).toContain(SECOND_MDEV);
    expect(log).toMatch(
      /^mdev-preflight: kernel log, possibly related: i915 0000:00:02\.0: gvt: Migration version mismatched/,
    );
    expect(result.journal).toHaveLength(1);
    expect(await call(guest, 'kernel_log = false\n')).toMatchObject({ status: 1, stderr: `${first}\n${second}\n` });
    host.change(gvtHost('beta', 1));
  });

  it('asks each driver by one open for writing and one write, and opens nothing else for writing', async () => {
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV]));
    host.seen();
    expect((await call(guest)).status).toBe(0);
    const seen = host.seen();
    expect(seen.filter(({ operation, flags }) => operation === 'open' && ((flags ?? 0) & 3) !== 0)).toHaveLength(1);
    expect(seen.filter(({ operation }) => operation === 'write')).toMatchObject([{ data: VERSION }]);
  });

  it('refuses an unstamped guest unless the configuration lets it through, and then stamps it', async () => {
    const guest = guestXml('mdevguest', [FIRST_MDEV]);
    expect(await call(guest)).toMatchObject({ status: 3, stdout: '' });
    const result = await call(guest, 'unstamped = "allow"\n');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toMatch(STAMP);
  });

  it('refuses guests with mdevs, and only those, when the configuration is broken', async () => {
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV]));
    const broken = await call(guest, 'restamp = "hook"\nunstmped = "allow"\n');
    expect(broken).toMatchObject({ status: 2, stdout: '' });
    expect(broken.stderr).toContain("/etc/mdev-preflight/config.toml: line 2: unknown key 'unstmped'");
    const plain = guestXml('plain', []).replace('<os>', '<x type="mdev"/><os>');
    expect(await call(plain, 'unstmped = 1\n')).toMatchObject({ status: 0, stdout: '', stderr: '', nodeStarted: true });
  });

  it.each([
    ['in write(2)', { rule: { kind: 'hang' } }],
    ['in read(2)', { read: { hang: true } }],
  ] as const)('ends by its deadline when a driver never returns %s, for all who wait for it', async (_, attribute) => {
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV, SECOND_MDEV]));
    host.change(hostWith(attribute));
    for (const { missing, words } of SHELLS) {
      if (missing) continue;
      const result = await call(guest, 'deadline_seconds = 1\n', { shell: words });
      expect(result).toMatchObject({ status: 3, stdout: '' });
      expect(result.milliseconds).toBeLessThan(2000);
      expect(result.stderr).toMatch(
        /^mdev-preflight: refused: .*: deadline-exceeded: no answer before the deadline: (?:read|writ)ing \/sys\/bus/,
      );
      expect(result.stderr.split('\n')[1]).toContain("the deadline passed before this device's turn");
      expect(result.journal.join()).toContain('deadline-exceeded');
    }
    host.release();
    host.change(gvtHost('beta', 1));
    expect((await call(guest)).status).toBe(0);
  });

  it('does not wait for a configuration that is a pipe, nor for a sysfs root that is none', async () => {
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV]));
    const fifo = onHost(host, '').map((word) => word.replace(/cp '[^']*' (\S*config.toml)/, 'mkfifo $1'));
    const piped = await callHook(CALL, { xml: guest, wrapper: fifo });
    expect(piped).toMatchObject({ status: 2, stdout: '' });
    expect(piped.stderr).toContain('it is no regular file');
    const nowhere = await call(guest, 'sysfs_root = "/nowhere"\n');
    expect(nowhere.status).toBe(2);
    expect(nowhere.stderr).toContain("sysfs_root '/nowhere' cannot be read: ENOENT");
  });

  it('leaves an unstamped guest unstamped where the driver has no attribute, so that the next host may let it in too', async () => {
    host.change(hostWith(null));
    const guest = guestXml('mdevguest', [FIRST_MDEV]);
    expect(await call(guest, 'unstamped = "allow"\n')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    host.change(gvtHost('beta', 1));
  });

  it('keeps a refusal that was certain before a later driver hung', async () => {
    const guest = await stamped(guestXml('mdevguest', [SECOND_MDEV, FIRST_MDEV]));
    const hanging = hostWith({ rule: { kind: 'hang' } });
    const { [SECOND_MDEV]: gone, ...others } = hanging.mdevs;
    expect(gone).toBeDefined();
    host.change({ ...hanging, mdevs: others });
    const result = await call(guest, 'deadline_seconds = 1\n');
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/destination-device-missing.*\n.*deadline-exceeded/);
    host.release();
    host.change(gvtHost('beta', 1));
  });

  it('is a refusal when the process that asks is killed at any moment', async () => {
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV]));
    host.change(hostWith({ rule: { kind: 'hang' } }));
    for (const delay of [0.02, 0.1, 0.3]) {
      const node = `/usr/bin/env PATH=/usr/bin:/bin sh -c 'sleep ${String(delay)}; kill -9 '$$ &\nexec ${NODE} "$@"`;
      const result = await call(guest, 'deadline_seconds = 2\n', { programs: { node } });
      expect(result.status).toBe(3);
      expect(result.stdout).toBe('');
      expect(result.stderr).toMatch(/^mdev-preflight: refused: /);
      host.release();
    }
    host.change(gvtHost('beta', 1));
  });

  it('tells its refusal by the status where nobody reads standard error, and accepts nothing where nobody reads standard output', async () => {
    const guest = await stamped(guestXml('mdevguest', [FIRST_MDEV]));
    const closed = (streams: string): string[] => [...onHost(host), '/bin/sh', '-c', `exec "$0" "$@" ${streams}`];
    const unread = await callHook(CALL, { xml: guest, wrapper: closed('>&-') });
    expect(unread.status).toBe(3);
    expect(unread.stderr).toContain('could not be handed back');
    host.change(gvtHost('beta', 2));
    expect((await callHook(CALL, { xml: guest, wrapper: closed('2>&-') })).status).toBe(1);
    host.change(gvtHost('beta', 1));
  });
});
