// The checks on who runs this, the configuration, libvirt and the service.
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type Config } from '../../src/config/config.ts';
import type { LibvirtFailure, Versions } from '../../src/libvirt/port.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import { FIRST_MDEV, guestXml } from '../../src/simulation/examples.ts';
import type { Facts } from '../../src/doctor/facts.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import type { Inspection } from '../../src/preflight/stamping.ts';
import { HEALTHY, hookFile, judged } from './healthy.ts';

const AS_ROOT = 'sudo mdev-preflight doctor';
const FILE = '/etc/mdev-preflight/config.toml';

describe('root', () => {
  it('warns an ordinary user', () => {
    expect(judged('root').result).toBe('pass');
    expect(judged('root', { superuser: false })).toMatchObject({ result: 'warn', remedy: AS_ROOT });
  });
});

describe('config', () => {
  const config = (change: Partial<Config>, follower = true): ReturnType<typeof judged> =>
    judged('config', {
      config: { file: FILE, config: { ...DEFAULT_CONFIG, ...change }, problem: null },
      processes: { ...HEALTHY.processes, follower },
    });
  const broken = (problem: string, superuser = true): ReturnType<typeof judged> =>
    judged('config', { config: { file: FILE, config: null, problem }, superuser });

  it('fails where it cannot be used, with the line', () => {
    expect(config({})).toEqual({ result: 'pass', message: 'the configuration can be used', remedy: null });
    expect(broken('line 2: unstamped must be "refuse" or "allow"')).toMatchObject({
      result: 'fail',
      message: `${FILE}: line 2: unstamped must be "refuse" or "allow": every guest with mdevs is refused`,
      remedy: `mend it, and try: mdev-preflight list --config ${FILE}`,
    });
  });

  it('cannot be told where only root may read it', () => {
    expect(broken('it cannot be read: EACCES', false)).toMatchObject({ result: 'warn', remedy: AS_ROOT });
    expect(broken('it cannot be read: EACCES').result).toBe('fail');
    expect(broken('line 1: x', false).result).toBe('fail');
  });

  it('warns where the gate is open for guests without a stamp', () => {
    expect(config({ unstamped: 'allow' })).toMatchObject({
      result: 'warn',
      remedy: `set unstamped = "refuse" in ${FILE}`,
    });
  });

  it('warns where nobody stamps anew, and only there', () => {
    expect(config({ restamp: 'off' }).result).toBe('pass');
    expect(config({}, false).result).toBe('pass');
    expect(config({ restamp: 'off' }, false)).toMatchObject({
      result: 'warn',
      remedy: 'systemctl enable --now mdev-preflight',
    });
  });

  it('tells both', () => {
    expect(config({ unstamped: 'allow', restamp: 'off' }, false).remedy?.split('; ')).toHaveLength(2);
  });
});

describe('libvirt', () => {
  const versions = (daemon: Versions['daemon'], qemu: Versions['qemu'] = [10, 0, 2]): ReturnType<typeof judged> =>
    judged('libvirt', { libvirt: { ok: true, value: { daemon, qemu } } });
  const failed = (failure: LibvirtFailure, superuser = true): ReturnType<typeof judged> =>
    judged('libvirt', { libvirt: { ok: false, failure }, superuser });

  it.each([
    [[6, 4, 0], 'fail', 'libvirt 6.4.0 runs no hooks of qemu.d'],
    [[6, 5, 0], 'warn', 'libvirt 6.5.0 migrates no running guest that has mdevs'],
    [[8, 5, 9], 'warn', 'libvirt 8.5.9 migrates no running guest that has mdevs'],
    [[8, 6, 0], 'pass', 'libvirt 8.6.0; QEMU 10.0.2'],
    [[11, 3, 0], 'pass', 'libvirt 11.3.0; QEMU 10.0.2'],
    [null, 'warn', 'the release of libvirt is not known'],
  ] as const)('libvirt %j: %s', (daemon, result, message) => {
    expect(versions(daemon)).toMatchObject({ result, message });
  });

  it.each([
    [[8, 0, 9], 'warn', 'QEMU 8.0.9 cannot move the state of mdevs'],
    [[8, 1, 0], 'pass', 'libvirt 11.3.0; QEMU 8.1.0'],
    [null, 'warn', 'the release of QEMU is not known'],
  ] as const)('QEMU %j: %s', (qemu, result, message) => {
    expect(versions([11, 3, 0], qemu)).toMatchObject({ result, message });
  });

  it('does not fail an old one whose hook is not in qemu.d', () => {
    const hooks = { files: [hookFile({ path: '/etc/libvirt/hooks/qemu' })], unreadable: [] };
    const old = { ok: true, value: { daemon: [6, 4, 0], qemu: [10, 0, 2] } } as const;
    expect(judged('libvirt', { hooks, libvirt: old }).result).toBe('warn');
    expect(judged('libvirt', { hooks: { files: [], unreadable: [] }, libvirt: old }).result).toBe('fail');
  });

  it('warns where it cannot be asked, and says what to do', () => {
    expect(failed({ kind: 'no-virsh', text: '' }).remedy).toMatch(/libvirt-clients/);
    const unreachable = { kind: 'unreachable', text: 'No such file or directory' } as const;
    expect(failed(unreachable)).toEqual({
      result: 'warn',
      message: 'libvirt cannot be asked: No such file or directory',
      remedy: 'systemctl status libvirtd virtqemud',
    });
    expect(failed(unreachable, false).remedy).toBe(AS_ROOT);
  });
});

describe('follow', () => {
  const guest = { uuid: '22222222-aaaa-4bbb-8ccc-000000000002' as Uuid, name: 'desktop-7' };
  const withGuest = {
    ok: true,
    value: { running: [], persistent: [{ guest, definition: readGuest(guestXml('desktop-7', [FIRST_MDEV])) }] },
  } as const;
  const off = { ...HEALTHY.processes, follower: false };

  it('warns where it does not run and the host has mdevs, or guests that do', () => {
    expect(judged('follow').result).toBe('pass');
    const warning = { result: 'warn', remedy: 'systemctl enable --now mdev-preflight' };
    expect(judged('follow', { processes: off })).toMatchObject(warning);
    expect(judged('follow', { processes: off, parents: 0, guests: withGuest })).toMatchObject(warning);
  });

  const withInspected = (inspection: Inspection): Facts['guests'] => ({
    ok: true,
    value: { running: [{ guest, inspection }], persistent: [] },
  });
  const read = readGuest(guestXml('desktop-7', [FIRST_MDEV]));
  const stamp = { host: { name: '', id: null }, stampedAt: '', devices: [] };

  it.each([
    ['known', { state: 'known', guest: read, stamp, current: true }],
    ['not known', { state: 'unknown', guest: read, problems: [] }],
  ] satisfies [string, Inspection][])('is missed by a running guest whose mdevs are %s', (_, inspection) => {
    expect(judged('follow', { processes: off, parents: 0, guests: withInspected(inspection) }).result).toBe('warn');
  });

  it('is not needed without either', () => {
    const plain = readGuest(guestXml('desktop-7', []));
    const withoutMdevs = { ok: true, value: { running: [], persistent: [{ guest, definition: plain }] } } as const;
    for (const guests of [HEALTHY.guests, withoutMdevs, withInspected({ state: 'no-mdev', guest: plain })])
      expect(judged('follow', { processes: off, parents: 0, guests })).toMatchObject({
        result: 'pass',
        message: expect.stringMatching(/^not needed/) as string,
      });
  });

  it('cannot be seen where processes are hidden', () => {
    const processes = { ...off, complete: false };
    expect(judged('follow', { processes, superuser: false })).toMatchObject({ result: 'warn', remedy: AS_ROOT });
  });
});
