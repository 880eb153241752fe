// Programs on a PATH, what confines libvirt, and what systemd says.
import { chmodSync, lchownSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfinement } from '../../src/gate/confinement.ts';
import { findExposure, findProgram } from '../../src/gate/search-path.ts';
import { parseUnits } from '../../src/gate/systemd.ts';
import { DIRECTORY, type Entry, machine, script } from './tree.ts';

describe('a program', () => {
  const root = (): string =>
    machine({
      '/sbin/node': DIRECTORY,
      '/opt/node/bin/node': script(''),
      '/usr/local/bin/node': { text: '', mode: 0o644 },
      '/usr/bin/node': { link: '../../opt/node/bin/node' },
      '/bin/node': script(''),
      '/node': script(''),
      '/gone/node': { link: '/nowhere/node' },
    });

  it('is the first on the PATH that can be run', () => {
    const found = { path: '/usr/bin/node', file: '/opt/node/bin/node' };
    expect(findProgram(root(), '/sbin:/gone:/nowhere:/usr/local/bin:/usr/bin:/bin', 'node')).toEqual(found);
    expect(findProgram(root(), '/bin:/usr/bin', 'node')).toEqual({ path: '/bin/node', file: '/bin/node' });
  });

  it('is looked for in / where the PATH says "here"', () => {
    for (const path of [':/usr/bin', '.:/usr/bin', '']) {
      const { path: found } = findProgram(root(), path, 'node') ?? { path: null };
      expect(found).toMatch(/^\/(\.\/)?node$/);
    }
  });

  it('may be nowhere', () => {
    expect(findProgram(root(), '/sbin:/nowhere:/usr/local/bin', 'node')).toBeNull();
  });
});

describe('a PATH', () => {
  const PATH = '/bin:/usr/bin:/opt/bin';
  const ENTRIES = {
    '/usr/bin/node': script(''),
    '/bin': { link: 'usr/bin' },
    '/opt/bin/node': { link: '../node/bin/node' },
    '/opt/node': { link: '/srv/node-20' },
    '/srv/node-20/bin/node': script(''),
  };
  const exposureOf = (path: string, spoil: (root: string) => void = () => undefined): unknown => {
    const root = machine(ENTRIES);
    spoil(root);
    return findExposure(root, path, ['sh', 'node']);
  };

  it('is root’s alone where root owns and writes all that is on it, and what is not there is below that', () => {
    expect(exposureOf(`${PATH}:/nowhere/bin:/usr/bin/node`)).toBeNull();
  });

  it.each(['', ':/usr/bin', '/usr/bin:', '/usr/bin::/bin', '.:/usr/bin', '/usr/bin:usr/bin'])(
    '%j is relative',
    (path) => {
      expect(exposureOf(path)).toMatchObject({ why: 'relative' });
    },
  );

  // Every place that decides what a name on it is: the directory, those above it, what links lead to, the files.
  const PLACES = ['/', '/usr', '/usr/bin', '/usr/bin/node', '/opt', '/opt/bin', '/srv', '/srv/node-20/bin/node'];

  it.each(PLACES.flatMap((place) => [0o775, 0o757, 0o1777].map((mode) => [place, mode] as const)))(
    'is not where others may write %s: %i',
    (place, mode) => {
      const found = exposureOf(PATH, (root) => {
        chmodSync(join(root, place), mode);
      });
      expect(found).toEqual({ path: place, why: { mode } });
    },
  );

  it.skipIf(process.getuid?.() !== 0).each(PLACES)('is not where another owns %s (needs root)', (place) => {
    const found = exposureOf(PATH, (root) => {
      lchownSync(join(root, place), 65534, 0);
    });
    expect(found).toEqual({ path: place, why: { owner: 65534 } });
  });

  it('is not where somebody may yet put what is not there', () => {
    const found = exposureOf('/srv/later/bin:/usr/bin', (root) => {
      chmodSync(join(root, 'srv'), 0o1777);
    });
    expect(found).toEqual({ path: '/srv', why: { mode: 0o1777 } });
  });

  it('is not where links lead round and round', () => {
    const root = machine({ '/a': { link: 'b' }, '/b': { link: '/a' } });
    expect(findExposure(root, '/a', ['node'])).toEqual({ path: '/a/node', why: 'unreadable' });
  });
});

describe('AppArmor', () => {
  const ENABLED = { '/sys/module/apparmor/parameters/enabled': 'Y\n' };
  const PROFILES = '/sys/kernel/security/apparmor/profiles';
  it.each([
    ['is not there', {}, 'off'],
    ['is switched off', { '/sys/module/apparmor/parameters/enabled': 'N\n' }, 'off'],
    ['does not show its profiles', ENABLED, 'unknown'],
    ['cannot be asked', { '/sys/module/apparmor/parameters/enabled': DIRECTORY }, 'unknown'],
    [
      'confines libvirtd',
      { ...ENABLED, [PROFILES]: 'lxc (enforce)\nlibvirtd (enforce)\nlibvirtd//x (enforce)\n' },
      'confines',
    ],
    ['confines virtqemud', { ...ENABLED, [PROFILES]: 'virtqemud (kill)\n' }, 'confines'],
    ['confines it by its path', { ...ENABLED, [PROFILES]: '/usr/sbin/libvirtd (enforce)\n' }, 'confines'],
    ['only complains', { ...ENABLED, [PROFILES]: 'libvirtd (complain)\n' }, 'permits'],
    [
      'knows others',
      { ...ENABLED, [PROFILES]: 'libvirtd//qemu_bridge_helper (enforce)\nmy-libvirtd (enforce)\n' },
      'permits',
    ],
  ] satisfies [string, Record<string, Entry>, string][])('%s', (_, entries, apparmor) => {
    const confinement = readConfinement(machine(entries));
    expect(confinement.apparmor).toBe(apparmor);
    expect(confinement.profile !== null).toBe(apparmor === 'confines');
  });

  it('has a name for the profile that confines libvirt', () => {
    const profiles = { ...ENABLED, [PROFILES]: 'lxc (enforce)\n/usr/sbin/libvirtd (enforce)\n' };
    expect(readConfinement(machine(profiles)).profile).toBe('/usr/sbin/libvirtd');
  });
});

describe('SELinux', () => {
  it.each([
    ['is not there', {}, 'off'],
    ['is permissive', { '/sys/fs/selinux/enforce': '0' }, 'permissive'],
    ['is enforcing', { '/sys/fs/selinux/enforce': '1' }, 'enforcing'],
    ['cannot be asked', { '/sys/fs/selinux/enforce': DIRECTORY }, 'unknown'],
  ] satisfies [string, Record<string, Entry>, string][])('%s', (_, entries, selinux) => {
    expect(readConfinement(machine(entries))).toMatchObject({ selinux });
  });

  const modules = (type: string): string => `/var/lib/selinux/${type}/active/modules`;
  const LOADED = { [`${modules('targeted')}/200/mdev_preflight`]: DIRECTORY };
  const config = (text: string): Record<string, Entry> => ({ '/etc/selinux/config': text });
  it.each([
    ['no store', {}, 'absent'],
    ['a store without it', { [`${modules('targeted')}/100/virt`]: DIRECTORY }, 'absent'],
    ['a store with it', LOADED, 'installed'],
    ['it with another priority', { [`${modules('targeted')}/400/mdev_preflight`]: DIRECTORY }, 'installed'],
    ['it, and it is disabled', { ...LOADED, [`${modules('targeted')}/disabled/mdev_preflight`]: '' }, 'absent'],
    [
      'it in the store that is used',
      { ...LOADED, ...config('SELINUX=enforcing\nSELINUXTYPE=targeted\n') },
      'installed',
    ],
    ['it in a store that is not used', { ...LOADED, ...config('SELINUXTYPE=mls\n') }, 'absent'],
    [
      'it in the store of another name',
      { [`${modules('mls')}/200/mdev_preflight`]: DIRECTORY, ...config('SELINUXTYPE=mls') },
      'installed',
    ],
    ['a type that leads elsewhere', { ...LOADED, ...config('SELINUXTYPE=../targeted\n') }, 'installed'],
    ['a store that cannot be read', { [modules('targeted')]: { link: 'modules' } }, 'unknown'],
  ] satisfies [string, Record<string, Entry>, string][])('our policy module: %s', (_, entries, hookModule) => {
    expect(readConfinement(machine(entries))).toMatchObject({ hookModule });
  });
});

describe('what systemd says', () => {
  // systemd 252: a service that was reloaded once, and a name it does not know.
  const RELOADED = `MainPID=26
ReloadResult=success
Id=libvirtd.service
StateChangeTimestamp=Sun 2026-11-22 10:59:26.687310 UTC
ActiveEnterTimestamp=Sun 2026-11-22 10:58:54.336661 UTC

MainPID=0
ReloadResult=success
Id=virtqemud.service
StateChangeTimestamp=
ActiveEnterTimestamp=
`;

  it('is when a service was reloaded; one that does not run is left out', () => {
    expect(parseUnits(RELOADED)).toEqual([
      { name: 'libvirtd.service', mainPid: 26, reloadedAt: Date.parse('2026-11-22T10:59:26.687Z') },
    ]);
  });

  it.each([
    ['was never reloaded', ['10:59:26.687310', '10:58:54.336661']],
    ['failed to', ['ReloadResult=success', 'ReloadResult=exit-code']],
    ['is told in a zone that is not known', [/:26.687310 UTC/, ':26 CET']],
    ['has no time', [/StateChangeTimestamp=.*/, 'StateChangeTimestamp=n/a']],
  ] satisfies [string, [string | RegExp, string]][])('is nothing where it %s', (_, [from, to]) => {
    expect(parseUnits(RELOADED.replace(from, to))).toMatchObject([{ mainPid: 26, reloadedAt: null }]);
  });

  it('may be nothing at all', () => {
    expect(parseUnits('')).toEqual([]);
  });
});
