// The checks on the hook's files.
import { describe, expect, it } from 'vitest';
import { gateHook } from '../../src/doctor/hooks.ts';
import type { HookFile } from '../../src/gate/hooks.ts';
import { HEALTHY, HOOK, daemon, hookFile, judged, otherFile, shellTakes } from './healthy.ts';

const hooks = (...files: HookFile[]): { hooks: { files: HookFile[]; unreadable: [] } } => ({
  hooks: { files, unreadable: [] },
});
const unreadable = (error: string): { hooks: { files: []; unreadable: { path: string; error: string }[] } } => ({
  hooks: { files: [], unreadable: [{ path: '/etc/libvirt/hooks/qemu.d', error }] },
});
const PROGRAM = '/usr/libexec/mdev-preflight/hook.cjs';

describe('which file is the hook', () => {
  const legacy = hookFile({ path: '/etc/libvirt/hooks/qemu' });
  const spare = hookFile({ path: `${HOOK}.rpmnew`, executable: false });
  it.each([
    ['the one in its place', [legacy, hookFile(), spare], hookFile()],
    [
      'the one in its place, though it is not executable',
      [legacy, hookFile({ executable: false })],
      hookFile({ executable: false }),
    ],
    ['else one that is run', [spare, legacy], legacy],
    ['else any of ours', [otherFile('qemu'), spare], spare],
    ['none', [otherFile('qemu'), hookFile({ ours: null })], null],
  ])('%s', (_, files, hook) => {
    expect(gateHook({ files, unreadable: [] })).toEqual(hook);
  });
});

describe('hook-installed', () => {
  it('names the hook', () => {
    expect(judged('hook-installed')).toEqual({ result: 'pass', message: HOOK, remedy: null });
  });

  it('fails where there is none, with what README says to type, and with what tells a daemon that runs', () => {
    const { result, message, remedy } = judged('hook-installed', { ...hooks(otherFile('qemu')), program: null });
    expect([result, message]).toEqual(['fail', 'there is no hook of ours in /etc/libvirt/hooks/qemu.d']);
    expect(remedy).toBe(
      `install -D -m 644 /opt/mdev-preflight/dist/hook.cjs ${PROGRAM} && install -D -m 755 /opt/mdev-preflight/hooks/qemu ${HOOK} && systemctl reload libvirtd`,
    );
  });

  it('names each daemon that runs once, and none where none runs', () => {
    const reloaded = (...names: ('libvirtd' | 'virtqemud')[]): string =>
      judged('hook-installed', {
        ...hooks(),
        processes: { ...HEALTHY.processes, daemons: names.map((name) => daemon({ name })) },
      }).remedy ?? '';
    expect(reloaded('virtqemud', 'virtqemud')).toMatch(/&& systemctl reload virtqemud$/);
    expect(reloaded()).not.toContain('systemctl');
  });

  it('sends the signal itself where there is no systemd, and to no daemon that has other hooks', () => {
    const daemons = [daemon(), daemon({ pid: 61, hooks: 'others' }), daemon({ pid: 62 })];
    const processes = { ...HEALTHY.processes, daemons };
    expect(judged('hook-installed', { ...hooks(), processes, units: null }).remedy).toMatch(/ && kill -HUP 60 62$/);
  });

  it('installs no program over itself', () => {
    const own = { ...HEALTHY.own, program: { path: PROGRAM, bytes: Buffer.from('program') } };
    expect(judged('hook-installed', { ...hooks(), own }).remedy).toMatch(/^install -D -m 755 \S+ \S+ && systemctl/);
  });

  it('fails where libvirt cannot look either, and cannot tell as an ordinary user', () => {
    expect(judged('hook-installed', unreadable('EACCES'))).toMatchObject({
      result: 'fail',
      message:
        '/etc/libvirt/hooks/qemu.d cannot be read (EACCES): libvirt then calls no hook, or fails what it would call one for',
    });
    for (const found of [unreadable('EACCES'), hooks(hookFile({ ours: null }))])
      expect(judged('hook-installed', { ...found, superuser: false })).toMatchObject({
        result: 'warn',
        remedy: 'sudo mdev-preflight doctor',
      });
  });

  it('fails for an ordinary user too, where nothing is hidden from him', () => {
    expect(judged('hook-installed', { ...hooks(otherFile('qemu')), superuser: false }).result).toBe('fail');
  });

  it('blames no link of others', () => {
    const broken = otherFile('qemu.d/10-gone', { kind: 'broken-link', link: '/opt/gone', executable: false });
    expect(judged('hook-installed', hooks(broken)).message).toMatch(/^there is no hook of ours/);
  });

  it('fails where it leads nowhere', () => {
    const broken = hookFile({ kind: 'broken-link', link: '/opt/gone', ours: false, executable: false });
    expect(judged('hook-installed', hooks(broken))).toMatchObject({
      result: 'fail',
      message: `${HOOK} is a link to /opt/gone, which is not there`,
    });
  });
});

describe('hook-executable', () => {
  it('fails without an x bit, which libvirt skips silently', () => {
    expect(judged('hook-executable').result).toBe('pass');
    expect(judged('hook-executable', hooks(hookFile({ executable: false })))).toEqual({
      result: 'fail',
      message: `${HOOK} is not executable: libvirt skips it, and says nothing`,
      remedy: `chmod 755 ${HOOK} && systemctl reload libvirtd`,
    });
  });
});

describe('hook-link', () => {
  const link = (to: string, apparmor: 'off' | 'confines' | 'permits' | 'unknown'): ReturnType<typeof judged> =>
    judged('hook-link', {
      ...hooks(hookFile({ link: to })),
      confinement: { ...HEALTHY.confinement, apparmor },
    });

  it('fails where AppArmor denies it, and warns where it would', () => {
    expect(judged('hook-link').result).toBe('pass');
    expect(link('/opt/clone/hooks/qemu', 'confines')).toMatchObject({
      result: 'fail',
      remedy: `install -m 755 /opt/clone/hooks/qemu ${HOOK} && systemctl reload libvirtd`,
    });
    for (const apparmor of ['off', 'permits', 'unknown'] as const)
      expect(link('/opt/clone/hooks/qemu', apparmor).result).toBe('warn');
  });

  it.each(['/usr/bin/mdev-preflight-hook', '/etc/libvirt/hooks/shared/hook', '/usr/lib/libvirt/hook'])(
    'passes a link to %s, which the profiles allow',
    (to) => {
      expect(link(to, 'confines').result).toBe('pass');
    },
  );

  it.each(['/usr/bin/sub/hook', '/usr/libexec/hook', '/usr/lib/mdev-preflight/hook'])('fails one to %s', (to) => {
    expect(link(to, 'confines').result).toBe('fail');
  });
});

describe('hook-current', () => {
  it('warns of one of another release, and puts ours there', () => {
    expect(judged('hook-current').result).toBe('pass');
    expect(judged('hook-current', hooks(hookFile({ current: false })))).toEqual({
      result: 'warn',
      message: `${HOOK} is not the one of this release`,
      remedy: `install -D -m 755 /opt/mdev-preflight/hooks/qemu ${HOOK} && systemctl reload libvirtd`,
    });
  });

  it('warns where there is nothing to compare with', () => {
    const own = { ...HEALTHY.own, script: { path: '/opt/mdev-preflight/hooks/qemu', bytes: null } };
    expect(judged('hook-current', { ...hooks(hookFile({ current: null })), own })).toMatchObject({
      result: 'warn',
      message: 'nothing to compare it with: /opt/mdev-preflight/hooks/qemu is not there',
    });
  });
});

describe('hook-program', () => {
  const program = (
    state: 'current' | 'different' | 'unknown' | 'missing' | 'unreadable',
    superuser = true,
  ): ReturnType<typeof judged> => judged('hook-program', { program: { path: PROGRAM, state }, superuser });
  const remedy = `install -D -m 644 /opt/mdev-preflight/dist/hook.cjs ${PROGRAM}`;

  it('fails where it is not there, and warns where it is another release’s', () => {
    expect(program('current')).toMatchObject({ result: 'pass', message: PROGRAM });
    expect(program('missing')).toMatchObject({ result: 'fail', remedy });
    expect(program('different')).toMatchObject({ result: 'warn', remedy });
    expect(program('unknown')).toMatchObject({
      result: 'warn',
      message: 'nothing to compare it with: /opt/mdev-preflight/dist/hook.cjs is not there',
    });
  });

  it('fails where even root cannot read it', () => {
    expect(program('unreadable')).toMatchObject({ result: 'fail', remedy });
    expect(program('unreadable', false)).toMatchObject({ result: 'warn', remedy: 'sudo mdev-preflight doctor' });
  });

  it('promises no file that is not there', () => {
    const own = { ...HEALTHY.own, program: { path: '/opt/hook.cjs', bytes: null } };
    expect(judged('hook-program', { own, program: { path: PROGRAM, state: 'missing' } }).remedy).toBe(
      `install mdev-preflight anew: ${PROGRAM}`,
    );
  });
});

describe('hook-twins', () => {
  it('warns of copies that libvirt runs too, and of no others', () => {
    const twin = (name: string, change: Partial<HookFile> = {}): HookFile =>
      hookFile({ path: `${HOOK}${name}`, ...change });
    expect(judged('hook-twins').result).toBe('pass');
    expect(judged('hook-twins', hooks(hookFile(), twin('.rpmnew', { executable: false }))).result).toBe('pass');
    expect(judged('hook-twins', hooks(hookFile(), otherFile('qemu.d/60-x~'))).result).toBe('pass');
    expect(judged('hook-twins', hooks(hookFile(), twin('.rpmnew', { current: false }), twin('~')))).toEqual({
      result: 'warn',
      message: `libvirt runs ${HOOK}.rpmnew, ${HOOK}~ as well, whatever the name: a copy of ours`,
      remedy: `rm ${HOOK}.rpmnew '${HOOK}~'`,
    });
  });
});

describe('other-hooks', () => {
  it('warns of those that are run before and behind, each as what it is', () => {
    const [before, behind] = [otherFile('qemu'), otherFile('qemu.d/90-manager')];
    expect(judged('other-hooks', hooks(before, hookFile(), behind))).toEqual({
      result: 'warn',
      message:
        'libvirt runs /etc/libvirt/hooks/qemu before it, which may change what it sees; and /etc/libvirt/hooks/qemu.d/90-manager behind it, about whose changes no driver is asked',
      remedy:
        'see that on migrate they print no other mdev UUIDs, and keep <metadata>: less /etc/libvirt/hooks/qemu /etc/libvirt/hooks/qemu.d/90-manager',
    });
    expect(judged('other-hooks', hooks(before, hookFile())).message).not.toContain('behind');
    expect(judged('other-hooks', hooks(hookFile(), behind)).message).not.toContain('before');
  });

  it('passes what libvirt does not run, and copies of ours', () => {
    const idle = [
      otherFile('qemu', { executable: false }),
      otherFile('qemu.d/10-tools', { kind: 'directory' }),
      hookFile(),
      hookFile({ path: `${HOOK}.rpmnew` }),
    ];
    expect(judged('other-hooks', hooks(...idle)).result).toBe('pass');
  });
});

it('paths are quoted where a shell needs it', () => {
  const file = otherFile("qemu.d/a b'c");
  const { remedy } = judged('other-hooks', hooks(hookFile(), file));
  expect(remedy).toContain(`less '/etc/libvirt/hooks/qemu.d/a b'\\''c'`);
  expect(shellTakes((remedy ?? '').replace(/^.*: /, ''))).toBe(true);
});
