// Which hooks libvirt would run, from trees that are broken in every way.
import { copyFileSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHookProgram, readOwnFiles } from '../../src/gate/hook-program.ts';
import { readHooks } from '../../src/gate/hooks.ts';
import { DIRECTORY, type Entry, machine, put, script } from './tree.ts';

const HOOKS = '/etc/libvirt/hooks';
const HOOK = `${HOOKS}/qemu.d/50-mdev-preflight`;
const OURS = readFileSync('hooks/qemu', 'utf8');
const own = Buffer.from(OURS);
const look = (entries: Readonly<Record<string, Entry>>, compared: Buffer | null = own): ReturnType<typeof readHooks> =>
  readHooks(machine(entries), compared);

describe('hooks', () => {
  it('are none where there is no directory, or an empty one', () => {
    expect(look({})).toEqual({ files: [], unreadable: [] });
    expect(look({ [`${HOOKS}/qemu.d`]: DIRECTORY })).toEqual({ files: [], unreadable: [] });
  });

  it('are qemu, then those of qemu.d in byte order, whatever the names', () => {
    const names = ['Z', '.hidden.swp', 'a', '50-x', 'ä', '_', '50-mdev-preflight.rpmnew'];
    const entries = Object.fromEntries(names.map((name) => [`${HOOKS}/qemu.d/${name}`, script('#!/bin/sh\n')]));
    const { files } = look({ ...entries, [`${HOOKS}/qemu`]: script('#!/bin/sh\n') });
    expect(files.map(({ path }) => path)).toEqual([
      `${HOOKS}/qemu`,
      ...['.hidden.swp', '50-mdev-preflight.rpmnew', '50-x', 'Z', '_', 'a', 'ä'].map(
        (name) => `${HOOKS}/qemu.d/${name}`,
      ),
    ]);
  });

  it('are ours by their second line, whatever their release, place and name', () => {
    const other = OURS.replace('exit 0', 'exit 1');
    const { files } = look({
      [`${HOOKS}/qemu`]: script(OURS),
      [`${HOOKS}/qemu.d/1`]: script(other),
      [`${HOOKS}/qemu.d/2`]: script("#!/bin/dash\n# mdev-preflight: libvirt's qemu hook. Older words.\n"),
      [`${HOOKS}/qemu.d/3`]: script("#!/bin/sh\n# vendor hook\n# mdev-preflight: libvirt's qemu hook\n"),
      [`${HOOKS}/qemu.d/4`]: script("\x7fELF\n# mdev-preflight: libvirt's qemu hook\n"),
      [`${HOOKS}/qemu.d/5`]: script(''),
      [`${HOOKS}/qemu.d/6`]: script(OURS + '#'.repeat(300_000)),
    });
    expect(files.map(({ ours, current }) => [ours, current])).toEqual([
      [true, true],
      [true, false],
      [true, false],
      [false, false],
      [false, false],
      [false, false],
      [false, null],
    ]);
    expect(look({ [HOOK]: script(OURS) }, null).files).toMatchObject([{ ours: true, current: null }]);
  });

  it.each([
    [0o644, false],
    [0o755, true],
    [0o700, true],
    [0o645, true],
    [0o654, true],
    [0o600, false],
  ])('with mode %o', (mode, executable) => {
    expect(look({ [HOOK]: { text: OURS, mode } }).files).toMatchObject([{ kind: 'file', executable }]);
  });

  it('are followed where they are links, and told as what they lead to', () => {
    const root = machine({
      '/opt/clone/hooks/qemu': script(OURS),
      '/opt/plain': 'x',
      [`${HOOKS}/qemu.d/1-file`]: { link: '../../../../opt/clone/hooks/qemu' },
      [`${HOOKS}/qemu.d/2-plain`]: { link: '../../../../opt/plain' },
      [`${HOOKS}/qemu.d/3-directory`]: { link: '../../../../opt' },
      [`${HOOKS}/qemu.d/4-nothing`]: { link: '/nowhere/at/all' },
      [`${HOOKS}/qemu.d/5-loop`]: { link: '5-loop' },
    });
    expect(readHooks(root, own).files).toMatchObject([
      { kind: 'file', link: '/opt/clone/hooks/qemu', ours: true, executable: true, current: true },
      { kind: 'file', link: '/opt/plain', ours: false, executable: false },
      { kind: 'directory', link: '/opt', ours: false, executable: false },
      { kind: 'broken-link', link: '/nowhere/at/all', ours: false, executable: false },
      { kind: 'unknown', ours: null, executable: false },
    ]);
  });

  it('are no directories', () => {
    expect(look({ [`${HOOKS}/qemu.d/tools`]: DIRECTORY }).files).toMatchObject([
      { kind: 'directory', executable: false, ours: false },
    ]);
  });

  it('cannot be found in a qemu.d that is none', () => {
    expect(look({ [`${HOOKS}/qemu.d`]: 'a file', [`${HOOKS}/qemu`]: script(OURS) })).toMatchObject({
      files: [{ path: `${HOOKS}/qemu` }],
      unreadable: [{ path: `${HOOKS}/qemu.d`, error: 'ENOTDIR' }],
    });
  });

  it('change when they get their name, their mode, or a link to them', () => {
    const root = machine({ '/opt/old': script(OURS) });
    const changed = (): number => readHooks(root, own).files[0]?.changed ?? 0;
    const old = statSync(join(root, '/opt/old'));
    const pause = (): void => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    };
    pause();
    put(root, HOOK, { link: '../../../../opt/old' });
    expect(changed()).toBeGreaterThan(old.ctimeMs);
    pause();
    put(root, HOOK, 'x');
    copyFileSync(join(root, HOOK), join(root, '/opt/copy'));
    const copied = statSync(join(root, '/opt/copy')).ctimeMs;
    pause();
    renameSync(join(root, '/opt/copy'), join(root, HOOK));
    expect(changed()).toBeGreaterThan(copied);
  });
});

describe('the program of a hook', () => {
  const program = Buffer.from('program');
  const of = (hook: string, entries: Readonly<Record<string, Entry>>, bytes: Buffer | null = program): unknown =>
    readHookProgram(machine(entries), hook, { path: '/opt/dist/hook.cjs', bytes });
  const INSTALLED = '/usr/libexec/mdev-preflight/hook.cjs';

  it('is the installed one, compared byte for byte', () => {
    expect(of(HOOK, { [INSTALLED]: 'program' })).toEqual({ path: INSTALLED, state: 'current' });
    expect(of(HOOK, { [INSTALLED]: 'programs' })).toEqual({ path: INSTALLED, state: 'different' });
    expect(of(HOOK, { [INSTALLED]: 'program' }, null)).toEqual({ path: INSTALLED, state: 'unknown' });
    expect(of(HOOK, {})).toEqual({ path: INSTALLED, state: 'missing' });
    expect(of(HOOK, { [INSTALLED]: DIRECTORY })).toEqual({ path: INSTALLED, state: 'unreadable' });
  });

  it('is the one beside a hook that is called hooks/qemu, if it is there: as in hooks/qemu itself', () => {
    const beside = '/etc/libvirt/dist/hook.cjs';
    expect(of(`${HOOKS}/qemu`, { [beside]: 'program' })).toEqual({ path: beside, state: 'current' });
    expect(of(`${HOOKS}/qemu`, { [INSTALLED]: 'program' })).toEqual({ path: INSTALLED, state: 'current' });
    expect(of(HOOK, { [beside]: 'program' })).toEqual({ path: INSTALLED, state: 'missing' });
    expect(OURS).toContain('hooks/qemu | */hooks/qemu) program=${0%hooks/qemu}dist/hook.cjs');
    expect(OURS).toContain(`program=${INSTALLED}`);
  });
});

describe('this program’s own files', () => {
  it('stand beside its bundles', () => {
    const root = machine({ '/a/hooks/qemu': 'hook', '/a/dist/hook.cjs': 'program' });
    expect(readOwnFiles(join(root, 'a/dist'))).toEqual({
      script: { path: join(root, 'a/hooks/qemu'), bytes: Buffer.from('hook') },
      program: { path: join(root, 'a/dist/hook.cjs'), bytes: Buffer.from('program') },
    });
    expect(readOwnFiles(join(root, 'b/dist'))).toMatchObject({ script: { bytes: null }, program: { bytes: null } });
  });
});
