// A host on which all is in order, to be changed in one respect.
import { execaSync } from 'execa';
import { DEFAULT_CONFIG } from '../../src/config/config.ts';
import { CHECKS } from '../../src/doctor/checks.ts';
import type { Ended, Facts, SearchPath } from '../../src/doctor/facts.ts';
import type { Judgement } from '../../src/doctor/judgement.ts';
import type { HookFile } from '../../src/gate/hooks.ts';
import type { Daemon } from '../../src/gate/processes.ts';
import type { CheckId } from '../../src/model/finding.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
export const at = (time: string): number => Date.parse(`2026-11-22T${time}Z`);
export const HOOK = '/etc/libvirt/hooks/qemu.d/50-mdev-preflight';

export function hookFile(change: Partial<HookFile> = {}): HookFile {
  return {
    path: HOOK,
    kind: 'file',
    link: null,
    executable: true,
    changed: at('08:00:00'),
    ours: true,
    current: true,
    ...change,
  };
}

/** A script of somebody else's. */
export function otherFile(name: string, change: Partial<HookFile> = {}): HookFile {
  return hookFile({ path: `/etc/libvirt/hooks/${name}`, ours: false, current: false, ...change });
}

export function daemon(change: Partial<Daemon> = {}): Daemon {
  return {
    pid: 60,
    name: 'libvirtd',
    kind: 'system',
    program: '/usr/sbin/libvirtd',
    startedAt: at('09:00:00'),
    path: '/usr/bin',
    hooks: 'these',
    domain: null,
    profile: null,
    ...change,
  };
}

export function ended(status: number | null, stderr = '', stdout = ''): Ended {
  return { status, stdout, stderr, problem: status === null ? 'was ended by SIGKILL' : null };
}

export function searchPath(change: Partial<SearchPath> = {}): SearchPath {
  const found = (name: string): { path: string; file: string } => ({
    path: `/usr/bin/${name}`,
    file: `/usr/bin/${name}`,
  });
  const programs = {
    sh: found('sh'),
    tr: found('tr'),
    node: found('node'),
    timeout: found('timeout'),
    cat: found('cat'),
    awk: found('awk'),
    logger: found('logger'),
  };
  const daemonOfPath = 'libvirtd (process 60)';
  return {
    path: '/usr/bin',
    daemon: daemonOfPath,
    known: true,
    profile: null,
    exposure: null,
    programs,
    nodeVersion: ended(0, '', 'v20.19.0\n'),
    ...change,
  };
}

export const REFUSAL =
  "mdev-preflight: refused: guest 'x', mdev y: destination-device-missing: no mdev y on this host\n";

export const HEALTHY: Facts = {
  now: NOW,
  superuser: true,
  own: {
    script: { path: '/opt/mdev-preflight/hooks/qemu', bytes: Buffer.from('hook') },
    program: { path: '/opt/mdev-preflight/dist/hook.cjs', bytes: Buffer.from('program') },
  },
  hooks: { files: [hookFile()], unreadable: [] },
  program: { path: '/usr/libexec/mdev-preflight/hook.cjs', state: 'current' },
  confinement: { apparmor: 'off', profile: null, selinux: 'off', hookModule: 'absent' },
  processes: { daemons: [daemon()], follower: true, complete: true },
  units: [{ name: 'libvirtd.service', mainPid: 60, reloadedAt: null }],
  searchPaths: [searchPath()],
  selfTests: [
    { hook: HOOK, path: '/usr/bin', withMdev: ended(1, REFUSAL), reconnect: ended(0), withoutMdev: ended(0) },
  ],
  config: { file: '/etc/mdev-preflight/config.toml', config: DEFAULT_CONFIG, problem: null },
  libvirt: { ok: true, value: { daemon: [11, 3, 0], qemu: [10, 0, 2] } },
  guests: { ok: true, value: { running: [], persistent: [] } },
  parents: 1,
};

/** What a check says of the healthy host, changed. */
export function judged(id: CheckId, change: Partial<Facts> = {}): Judgement {
  return CHECKS[id]({ ...HEALTHY, ...change });
}

/** That a remedy is something a shell can read; what stands in it as advice is words and commands too. */
export function shellTakes(command: string): boolean {
  return execaSync('sh', ['-n', '-c', command], { reject: false }).exitCode === 0;
}
