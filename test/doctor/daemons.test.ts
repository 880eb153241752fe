// The checks on libvirt's daemons.
import { describe, expect, it } from 'vitest';
import type { Confinement } from '../../src/gate/confinement.ts';
import type { Daemon } from '../../src/gate/processes.ts';
import type { Unit } from '../../src/gate/systemd.ts';
import { HEALTHY, at, daemon, hookFile, judged, otherFile, shellTakes } from './healthy.ts';

const running = (...daemons: Daemon[]): { processes: typeof HEALTHY.processes } => ({
  processes: { ...HEALTHY.processes, daemons },
});
const unit = (change: Partial<Unit> = {}): Unit => ({
  name: 'libvirtd.service',
  mainPid: 60,
  reloadedAt: null,
  ...change,
});
const late = { hooks: { files: [hookFile({ changed: at('10:00:00') })], unreadable: [] } };

describe('hook-noticed', () => {
  it('passes where no daemon runs: it will look', () => {
    expect(judged('hook-noticed', running()).result).toBe('pass');
    const processes = { daemons: [], follower: false, complete: false };
    expect(judged('hook-noticed', { processes, superuser: false }).result).toBe('warn');
  });

  it('passes where a qemu hook was there when the daemon started, ours or any other', () => {
    expect(judged('hook-noticed')).toEqual({
      result: 'pass',
      message: 'libvirtd (process 60) started at 2026-11-22T09:00:00Z, when a qemu hook was there',
      remedy: null,
    });
    const files = [otherFile('qemu', { changed: at('08:59:59') }), hookFile({ changed: at('10:00:00') })];
    expect(judged('hook-noticed', { hooks: { files, unreadable: [] } }).result).toBe('pass');
  });

  it('counts no hook that libvirt would not have run', () => {
    const files = [
      otherFile('qemu', { changed: at('08:00:00'), executable: false }),
      otherFile('qemu.d/x', { changed: at('08:00:00'), kind: 'directory' }),
      hookFile({ changed: at('10:00:00') }),
    ];
    expect(judged('hook-noticed', { hooks: { files, unreadable: [] } }).result).toBe('fail');
  });

  it('fails where every hook is newer than the daemon and systemd knows of no reload', () => {
    const { result, message, remedy } = judged('hook-noticed', late);
    expect([result, remedy]).toEqual(['fail', 'systemctl reload libvirtd.service']);
    expect(message).toMatch(
      /^libvirtd \(process 60\) started at 2026-11-22T09:00:00Z, and every qemu hook here changed/,
    );
  });

  it('fails where the reload came before the hook, and passes where it came behind', () => {
    const reloaded = (time: string): string =>
      judged('hook-noticed', { ...late, units: [unit({ reloadedAt: at(time) })] }).result;
    expect(reloaded('09:59:59')).toBe('fail');
    expect(reloaded('10:00:01')).toBe('pass');
  });

  it.each([
    ['there is no systemd', null],
    ['systemd runs another', [unit({ mainPid: 61, reloadedAt: at('11:00:00') })]],
  ])('warns that it cannot tell where %s', (_, units) => {
    const { result, message, remedy } = judged('hook-noticed', { ...late, units });
    expect(result).toBe('warn');
    expect(message).toContain('(SIGHUP)');
    expect(remedy).toMatch(/^kill -HUP 60, /);
  });

  it('looks at every daemon: the worst counts, and those that are fine are not named', () => {
    const two = running(daemon(), daemon({ pid: 61, name: 'virtqemud', startedAt: at('07:00:00') }));
    const { result, message, remedy } = judged('hook-noticed', {
      ...two,
      units: [unit(), unit({ name: 'virtqemud.service', mainPid: 61 })],
    });
    expect([result, remedy]).toEqual(['fail', 'systemctl reload virtqemud.service']);
    expect(message).not.toContain('process 60');
  });

  it('warns of a daemon that has other hooks, whenever it started', () => {
    expect(judged('hook-noticed', running(daemon({ hooks: 'others' })))).toMatchObject({
      result: 'warn',
      remedy: 'run mdev-preflight doctor inside that container',
    });
  });

  it('as an ordinary user cannot tell which hooks root’s daemon sees', () => {
    const unseen = running(daemon({ hooks: 'unknown' }));
    expect(judged('hook-noticed', { ...unseen, superuser: false })).toMatchObject({
      result: 'warn',
      remedy: 'sudo mdev-preflight doctor',
    });
    expect(judged('hook-noticed', unseen).result).toBe('pass');
  });

  it('only counts the session daemons of users, whatever they are', () => {
    const session = daemon({ kind: 'session', hooks: 'others' });
    expect(judged('hook-noticed', { ...running(session), ...late })).toEqual({
      result: 'pass',
      message: 'no daemon runs; it looks for hooks when it starts; 1 session daemon is not looked at',
      remedy: null,
    });
    const { result, message } = judged('hook-noticed', running(session, daemon(), session));
    expect(result).toBe('pass');
    expect(message).toMatch(/^libvirtd \(process 60\) started .*; 2 session daemons are not looked at$/);
    const processes = { daemons: [session], follower: false, complete: false };
    expect(judged('hook-noticed', { processes }).result).toBe('warn');
  });

  it('warns of a process of root that is called like a daemon and is another program', () => {
    expect(judged('hook-noticed', running(daemon({ kind: 'foreign', program: '/opt/sbin/libvirtd' })))).toEqual({
      result: 'warn',
      message: "libvirtd (process 60) is /opt/sbin/libvirtd, which is not taken for libvirt's, and is not looked at",
      remedy: 'see what it is: ps -fp 60',
    });
  });

  it('has nobody reload what is not libvirt’s', () => {
    const pretenders = running(daemon({ kind: 'session' }), daemon({ kind: 'foreign' }));
    const hooks = { files: [hookFile({ executable: false })], unreadable: [] };
    expect(judged('hook-executable', { ...pretenders, hooks, units: null }).remedy).not.toContain('kill');
  });
});

describe('selinux', () => {
  const on = (confinement: Partial<Confinement>, ...domains: (string | null)[]): ReturnType<typeof judged> =>
    judged('selinux', {
      ...running(...domains.map((domain) => daemon({ domain }))),
      confinement: { ...HEALTHY.confinement, selinux: 'enforcing', ...confinement },
    });

  it.each(['off', 'permissive'] as const)('passes where it is %s', (selinux) => {
    expect(on({ selinux }, 'virtqemud_t').result).toBe('pass');
  });

  it('passes where the daemon is unconfined', () => {
    expect(on({}, 'virtd_t').result).toBe('pass');
  });

  it.each([[['virtqemud_t']], [['virtd_t', 'virtqemud_t']], [[]]])(
    'passes where our policy module is installed: %j',
    (domains) => {
      const { result, message } = on({ hookModule: 'installed' }, ...domains);
      expect(result).toBe('pass');
      expect(message).toContain('mdev_preflight');
    },
  );

  it.each([[['svirt_t']], [['virtqemud_t', 'svirt_t']], [[null]]])('the module is not for %j', (domains) => {
    const { result, message, remedy } = on({ hookModule: 'installed' }, ...domains);
    expect(result).toBe('warn');
    expect(message).toContain(`is not for libvirt as ${domains.map((domain) => domain ?? 'unknown').join(', ')}`);
    expect(remedy).not.toContain('dnf install');
  });

  it.each(['session', 'foreign'] as const)('does not ask a %s daemon', (kind) => {
    const pretender = running(daemon({ kind, domain: 'unconfined_t' }));
    const confinement = { ...HEALTHY.confinement, selinux: 'enforcing' } as const;
    expect(judged('selinux', { ...pretender, confinement }).result).toBe('warn');
  });

  it.each([[['virtqemud_t']], [['virtd_t', 'virtqemud_t']], [[]], [[null]]])(
    'warns that it cannot be told of %j, and of what happens if not',
    (domains) => {
      const { result, message, remedy } = on({}, ...domains);
      expect(result).toBe('warn');
      const as = domains.length === 0 ? '' : ` as ${domains.map((domain) => domain ?? 'unknown').join(', ')}`;
      expect(message).toBe(
        `SELinux is enforcing, and whether libvirt may run the hook${as} cannot be told from here; if not, no guest starts, and a restart of the daemon ends those that run`,
      );
      expect(remedy).toMatch(/^dnf install mdev-preflight-selinux; /);
      expect(shellTakes(remedy ?? '(')).toBe(true);
    },
  );

  it('as an ordinary user knows of no module', () => {
    const confinement = { ...HEALTHY.confinement, selinux: 'enforcing', hookModule: 'unknown' } as const;
    const change = { confinement, ...running(daemon({ domain: 'virtqemud_t' })) };
    expect(judged('selinux', { ...change, superuser: false }).remedy).toBe('sudo mdev-preflight doctor');
    expect(judged('selinux', change).remedy).toContain('dnf install');
    // An unconfined daemon needs none.
    const unconfined = { confinement, ...running(daemon({ domain: 'virtd_t' })), superuser: false };
    expect(judged('selinux', unconfined).result).toBe('pass');
  });

  it('as an ordinary user knows neither', () => {
    const confinement = { ...HEALTHY.confinement, selinux: 'unknown' } as const;
    expect(judged('selinux', { confinement, superuser: false }).remedy).toBe('sudo mdev-preflight doctor');
    const enforcing = { ...HEALTHY.confinement, selinux: 'enforcing' } as const;
    expect(judged('selinux', { confinement: enforcing, superuser: false }).remedy).toBe('sudo mdev-preflight doctor');
  });
});
