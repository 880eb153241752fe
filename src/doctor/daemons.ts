// libvirt's daemons: do they call the hook, and may they?
import { type Daemon } from '../gate/processes.ts';
import { printable } from '../model/printable.ts';
import type { Facts } from './facts.ts';
import { runs } from './hooks.ts';
import { AS_ROOT, fail, type Judge, type Judgement, pass, together, warn } from './judgement.ts';

/** How a daemon is named to people. */
export function daemonName({ name, pid }: Daemon): string {
  return `${name} (process ${String(pid)})`;
}

// libvirt looks for hooks when a daemon starts and on SIGHUP (src/util/virhook.c, virHookInitialize), and keeps one bit:
// whether there is any qemu hook. With that bit every later file of qemu.d is run, without it none.
export const hookNoticed: Judge = (facts) => {
  const { daemons, complete } = facts.processes;
  const ofRoot = daemons.filter(({ kind }) => kind !== 'session');
  if (ofRoot.length === 0 && !complete) return warn('which daemons run cannot be seen', AS_ROOT);
  const found =
    ofRoot.length === 0
      ? [pass('no daemon runs; it looks for hooks when it starts')]
      : ofRoot.map((daemon) => noticedBy(daemon, facts));
  // Any user can start any number of processes of that name, and have them say anything.
  const sessions = daemons.length - ofRoot.length;
  return together([...found, ...(sessions === 0 ? [] : [pass(sessionsNotLookedAt(sessions))])]);
};

function sessionsNotLookedAt(count: number): string {
  return count === 1 ? '1 session daemon is not looked at' : `${String(count)} session daemons are not looked at`;
}

function noticedBy(daemon: Daemon, { hooks, units, superuser }: Facts): Judgement {
  const name = daemonName(daemon);
  if (daemon.kind === 'foreign')
    return warn(
      `${name} is ${printable(daemon.program ?? '')}, which is not taken for libvirt's, and is not looked at`,
      `see what it is: ps -fp ${String(daemon.pid)}`,
    );
  if (daemon.hooks === 'others')
    // By the container's own means: nsenter would run the container's programs with the rights of this host's root.
    return warn(
      `${name} has another /etc/libvirt/hooks, in a container or a mount namespace`,
      'run mdev-preflight doctor inside that container',
    );
  const times = hooks.files.filter(runs).map(({ changed }) => changed);
  if (times.length === 0)
    return warn('not looked at: no hook was found that libvirt would run (hook-installed, hook-executable)', null);
  const first = Math.min(...times);
  const unit = units?.find(({ mainPid }) => mainPid === daemon.pid);
  const looks = [
    { moment: daemon.startedAt, what: 'started' },
    { moment: unit?.reloadedAt ?? 0, what: 'was reloaded' },
  ];
  const noticed = looks.find(({ moment }) => moment > first);
  if (noticed !== undefined) {
    const said = `${name} ${noticed.what} at ${shownTime(noticed.moment)}, when a qemu hook was there`;
    if (daemon.hooks === 'these' || superuser) return pass(said);
    return warn(`${said}; whether it sees this /etc/libvirt/hooks cannot be told`, AS_ROOT);
  }
  const early = `${name} started at ${shownTime(daemon.startedAt)}, and every qemu hook here changed after that`;
  if (unit !== undefined)
    return fail(
      `${early}; it was not reloaded since: unless one was there before, it calls none`,
      `systemctl reload ${unit.name}`,
    );
  return warn(
    `${early}; whether it was told to look again (SIGHUP) is known to systemd alone, which does not say`,
    `kill -HUP ${String(daemon.pid)}, which leaves no trace that this check could see, or restart it`,
  );
}

function shownTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

// SELinux denies loudly: what a daemon may not execute makes the operation fail, for libvirt looks at the mode of a hook
// (stat(2)) before it runs it, and at nothing else. virtd_t (RHEL 8 and 9) is unconfined. virtqemud_t may not execute a
// hook, whatever virt_hooks_unconfined says, which is for virtnetworkd_t alone (Fedora's policy, contrib/virt.te); but
// in many releases it is a permissive domain, whose denials are only logged, and nothing here tells which.
const UNCONFINED = /^(?:virtd_t|unconfined_t|unconfined_service_t)$/;
const DOMAIN_OF_MODULE = 'virtqemud_t';

export const selinux: Judge = ({ confinement, processes, superuser }) => {
  if (confinement.selinux === 'off' || confinement.selinux === 'permissive')
    return pass(`SELinux is ${confinement.selinux}`);
  if (confinement.selinux === 'unknown') return warn('whether SELinux is enforcing cannot be told', AS_ROOT);
  const daemons = processes.daemons.filter(({ kind }) => kind === 'system');
  const domains = [...new Set(daemons.map(({ domain }) => domain))];
  const confined = domains.filter((domain) => domain === null || !UNCONFINED.test(domain));
  if (domains.length > 0 && confined.length === 0)
    return pass(`SELinux is enforcing, and libvirt runs as ${domains.join(', ')}, which may run hooks`);
  if ((domains.includes(null) || confinement.hookModule === 'unknown') && !superuser)
    return warn('SELinux is enforcing, and whether libvirt may run the hook cannot be told', AS_ROOT);
  // A file's label cannot be read from here.
  if (confinement.hookModule === 'installed' && confined.every((domain) => domain === DOMAIN_OF_MODULE))
    return pass('SELinux is enforcing, and the policy module mdev_preflight is installed; labels are not looked at');
  const as = domains.length === 0 ? '' : ` as ${domains.map((domain) => printable(domain ?? 'unknown')).join(', ')}`;
  const denied = 'what was denied: ausearch -m AVC -ts today -c virtqemud';
  if (confinement.hookModule === 'installed')
    return warn(`SELinux is enforcing, and the policy module mdev_preflight is not for libvirt${as}`, denied);
  return warn(
    `SELinux is enforcing, and whether libvirt may run the hook${as} cannot be told from here; if not, no guest starts, and a restart of the daemon ends those that run`,
    `dnf install mdev-preflight-selinux; ${denied}`,
  );
};
