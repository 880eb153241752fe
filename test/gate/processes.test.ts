// Daemons and the service, from a /proc made of files.
import { describe, expect, it } from 'vitest';
import { readProcesses } from '../../src/gate/processes.ts';
import { DIRECTORY, machine, processFiles, type Entry } from './tree.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
// Booted at 11:00:00.
const BOOTED = {
  '/proc/uptime': '3600.00 100.00\n',
  ...processFiles(1, { name: 'systemd' }),
  '/etc/libvirt/hooks': DIRECTORY,
};
const read = (entries: Readonly<Record<string, Entry>>): ReturnType<typeof readProcesses> =>
  readProcesses(machine({ ...BOOTED, ...entries }), NOW);

describe('a daemon', () => {
  it('is told with all that matters of it', () => {
    const files = processFiles(60, {
      name: 'virtqemud',
      started: 90.5,
      environment: ['HOME=/root', 'PATH=/usr/sbin:/usr/bin', 'XPATH=no'],
      label: 'system_u:system_r:virtqemud_t:s0-s0:c0.c1023\n',
    });
    expect(read(files).daemons).toEqual([
      {
        pid: 60,
        name: 'virtqemud',
        kind: 'system',
        program: '/usr/sbin/virtqemud',
        startedAt: Date.parse('2026-11-22T11:01:30.500Z'),
        path: '/usr/sbin:/usr/bin',
        hooks: 'these',
        domain: 'virtqemud_t',
        profile: null,
      },
    ]);
  });

  it('is found by its very name', () => {
    const files = {
      ...processFiles(60, { name: 'libvirtd' }),
      ...processFiles(61, { name: 'libvirtd-x' }),
      ...processFiles(62, { name: 'bash', words: ['bash', 'libvirtd'] }),
      ...processFiles(63, { name: 'a) S (libvirtd' }),
      ...processFiles(64, { name: 'libvirtd', state: 'Z' }),
      '/proc/65/stat': '',
      '/proc/self/stat': '60 (libvirtd) S',
    };
    expect(read(files).daemons.map(({ pid }) => pid)).toEqual([60]);
  });

  it('without a PATH, or whose environment cannot be read, is told apart', () => {
    expect(read(processFiles(60, { name: 'libvirtd', environment: ['HOME=/'] })).daemons).toMatchObject([
      { path: null },
    ]);
    const files: Record<string, Entry> = processFiles(60, { name: 'libvirtd' });
    delete files['/proc/60/environ'];
    expect(read(files).daemons[0]?.path).toBeUndefined();
  });

  const environment = ['PATH=/tmp/evil'];

  // A user's, or set-user-ID root: su, with its caller's environment, waits for a password with the second.
  it.each([
    [[1000, 1000, 1000, 1000]],
    [[1000, 0, 0, 0]],
    [[0, 1000, 0, 0]],
    [[0, 0, 1000, 0]],
    [[0, 0, 0, 1000]],
  ] satisfies [readonly [number, number, number, number]][])(
    'with uids %j is not root’s: its PATH is not read',
    (uids) => {
      expect(read(processFiles(60, { name: 'libvirtd', uids, environment })).daemons).toMatchObject([
        { kind: 'session', path: undefined },
      ]);
    },
  );

  it('whose uids cannot be read is not taken for root’s', () => {
    const files: Record<string, Entry> = processFiles(60, { name: 'libvirtd', environment });
    delete files['/proc/60/status'];
    expect(read(files).daemons).toMatchObject([{ kind: 'session', path: undefined }]);
  });

  it.each([
    '/usr/sbin/libvirtd',
    '/usr/bin/virtqemud',
    '/sbin/virtqemud',
    '/bin/libvirtd',
    '/usr/libexec/virtqemud',
    '/usr/sbin/libvirtd (deleted)',
  ])('that runs %s is libvirt’s', (program) => {
    expect(read(processFiles(60, { name: 'libvirtd', program, environment })).daemons).toMatchObject([
      { kind: 'system', program: program.replace(/ .*/, ''), path: '/tmp/evil' },
    ]);
  });

  it.each([
    '/usr/bin/sudo',
    '/tmp/evil/virtqemud',
    '/tmp/usr/sbin/virtqemud',
    '/usr/sbin/evil/virtqemud',
    '/usr/local/sbin/libvirtd',
    '/usr/sbin/virtqemud2',
    '/usr/sbin/libvirtd (deleted) (deleted)',
  ])('of root that runs %s is not: its PATH is not read', (program) => {
    expect(read(processFiles(60, { name: 'virtqemud', program, environment })).daemons).toMatchObject([
      { kind: 'foreign', path: undefined },
    ]);
  });

  it('whose program cannot be read gives no PATH either', () => {
    expect(read(processFiles(60, { name: 'libvirtd', program: null, environment })).daemons).toMatchObject([
      { kind: 'system', program: null, path: undefined },
    ]);
  });

  it('has no domain where there is no SELinux', () => {
    expect(read(processFiles(60, { name: 'libvirtd' })).daemons).toMatchObject([{ domain: null }]);
    expect(read(processFiles(60, { name: 'libvirtd', label: 'libvirtd (enforce)\n' })).daemons).toMatchObject([
      { domain: null },
    ]);
  });

  it.each([
    ['libvirtd (enforce)\n', 'libvirtd'],
    ['/usr/sbin/libvirtd (kill)\n', '/usr/sbin/libvirtd'],
    ['libvirtd (complain)\n', null],
    ['unconfined\n', null],
    ['system_u:system_r:virtd_t:s0 (enforce)\n', null],
  ])('with the label %j has the AppArmor profile %j', (label, profile) => {
    expect(read(processFiles(60, { name: 'libvirtd', label })).daemons).toMatchObject([{ profile }]);
  });

  it('sees other hooks where its file system is another', () => {
    const inContainer = (root: string, more: Record<string, Entry> = {}): string | undefined =>
      read({ ...processFiles(60, { name: 'libvirtd', root }), ...more }).daemons[0]?.hooks;
    expect(inContainer('../../other', { '/other/etc/libvirt/hooks': DIRECTORY })).toBe('others');
    expect(inContainer('../../other', { '/other/etc/libvirt': DIRECTORY })).toBe('others');
    expect(inContainer('../../other', { '/other': DIRECTORY })).toBe('others');
    // A link in the container that leads to what is ours.
    expect(inContainer('../../other', { '/other/etc': { link: '../etc' } })).toBe('others');
  });

  it('is compared by the nearest directory where there are no hooks yet', () => {
    const bare = { '/proc/uptime': '1 1\n', '/etc/libvirt': DIRECTORY, '/other/etc/libvirt': DIRECTORY } as const;
    const seen = (root: string): string | undefined =>
      readProcesses(machine({ ...bare, ...processFiles(60, { name: 'libvirtd', root }) }), NOW).daemons[0]?.hooks;
    expect(seen('../..')).toBe('these');
    expect(seen('../../other')).toBe('others');
  });

  it('may be hidden from who asks', () => {
    const files: Record<string, Entry> = processFiles(60, { name: 'libvirtd' });
    files['/proc/60/root'] = 'not a directory';
    expect(read(files).daemons).toMatchObject([{ hooks: 'unknown' }]);
  });
});

describe('the service', () => {
  it.each([
    [['node', '/usr/bin/mdev-preflight', 'stamp', '--all', '--follow'], true],
    [
      ['/usr/bin/node', '/x/dist/mdev-preflight.cjs', '--connect', 'qemu:///system', '--follow', 'stamp', '--all'],
      true,
    ],
    [['node', '/x/start.cjs', '/x/mdev-preflight.cjs', 'stamp', '--all', '--follow'], true],
    [['node', '/x/start.cjs', '/x/other.cjs', 'stamp', '--all', '--follow'], false],
    [['/usr/bin/mdev-preflight', 'stamp', '--follow', '--all'], true],
    [['mdev-preflight', '--all', 'stamp', '--follow'], true],
    [['node', '/usr/bin/mdev-preflight', 'stamp', '--all'], false],
    [['node', '/usr/bin/mdev-preflight', 'doctor'], false],
    [['grep', 'mdev-preflight', 'stamp', '--all', '--follow'], false],
    [['vi', 'mdev-preflight', 'stamp', '--all', '--follow'], false],
    [[], false],
  ])('%j: %s', (words, follower) => {
    expect(read(processFiles(70, { name: 'node', words })).follower).toBe(follower);
  });

  it('is root’s: anybody can start a process of that name', () => {
    const words = ['node', '/usr/bin/mdev-preflight', 'stamp', '--all', '--follow'];
    for (const uids of [
      [1000, 1000, 1000, 1000],
      [1000, 0, 0, 0],
    ] as const)
      expect(read(processFiles(70, { name: 'node', words, uids })).follower).toBe(false);
    expect(read(processFiles(70, { name: 'node', words, program: '/usr/bin/sudo' })).follower).toBe(false);
    expect(read(processFiles(70, { name: 'node', words, program: null })).follower).toBe(true);
  });

  it('cannot be told where other users’ processes are hidden', () => {
    expect(read({}).complete).toBe(true);
    expect(
      readProcesses(machine({ '/proc/uptime': '1 1\n', ...processFiles(500, { name: 'sh' }) }), NOW).complete,
    ).toBe(false);
    expect(readProcesses(machine({}), NOW)).toEqual({ daemons: [], follower: false, complete: false });
  });
});
