// Which daemons of libvirt run, since when and with what, and whether somebody keeps the stamps true: from /proc.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { attempt, below } from './files.ts';

export interface Daemon {
  readonly pid: number;
  readonly name: DaemonName;
  /** Runs as root; others are the session daemons of users. */
  readonly system: boolean;
  /** Milliseconds since 1970, by this host's clock now. */
  readonly startedAt: number;
  /** Its PATH, which hooks inherit: null where it has none; undefined where that cannot be read. */
  readonly path: string | null | undefined;
  /** Whether its /etc/libvirt/hooks is the one that was looked at. One in a container has its own. */
  readonly hooks: 'these' | 'others' | 'unknown';
  /** Its SELinux domain; null where it cannot be read. */
  readonly domain: string | null;
}

const DAEMONS = ['libvirtd', 'virtqemud'] as const;
type DaemonName = (typeof DAEMONS)[number];

export interface Processes {
  readonly daemons: readonly Daemon[];
  /** A process that was started as `mdev-preflight stamp --all --follow`. */
  readonly follower: boolean;
  /** Other users' processes are shown: /proc is mounted without hidepid (proc(5)). */
  readonly complete: boolean;
}

// proc(5): starttime is in clock ticks since boot, of which Linux shows a program 100 a second.
const TICK = 10;

export function readProcesses(root: string, now: Date): Processes {
  const text = (path: string): string | null => {
    const read = attempt(() => readFileSync(below(root, `/proc/${path}`), 'latin1'));
    return read.ok ? read.value : null;
  };
  const bootedAt = now.getTime() - Number.parseFloat(text('uptime') ?? '0') * 1000;
  const listed = attempt(() => readdirSync(below(root, '/proc')));
  const pids = listed.ok ? listed.value.filter((name) => /^\d+$/.test(name)) : [];
  const daemons: Daemon[] = [];
  let follower = false;
  for (const pid of pids) {
    const stat = parseStat(text(`${pid}/stat`) ?? '');
    // It ended, or only waits to be reaped.
    if (stat === null || stat.state === 'Z') continue;
    const name = DAEMONS.find((it) => it === stat.name);
    if (name !== undefined) {
      daemons.push({
        pid: Number(pid),
        name,
        system: /^Uid:\t\d+\t0\t/m.test(text(`${pid}/status`) ?? ''),
        startedAt: bootedAt + stat.startTicks * TICK,
        path: pathOf(text(`${pid}/environ`)),
        hooks: hooksOf(root, pid),
        domain: text(`${pid}/attr/current`)?.split(':')[2] ?? null,
      });
    }
    follower ||= isFollower((text(`${pid}/cmdline`) ?? '').split('\0'));
  }
  return { daemons, follower, complete: pids.includes('1') };
}

// "PID (NAME) STATE …": the name may hold blanks and brackets; the 22nd field is when it started.
function parseStat(
  text: string,
): { readonly name: string; readonly state: string; readonly startTicks: number } | null {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const [state] = fields;
  if (end === -1 || state === undefined) return null;
  return { name: text.slice(text.indexOf('(') + 1, end), state, startTicks: Number(fields[19]) };
}

function pathOf(environment: string | null): string | null | undefined {
  if (environment === null) return undefined;
  const variable = environment.split('\0').find((it) => it.startsWith('PATH='));
  return variable?.slice('PATH='.length) ?? null;
}

// A daemon may see another file system than we do: compared is the nearest directory that is there.
function hooksOf(root: string, pid: string): Daemon['hooks'] {
  for (const path of ['/etc/libvirt/hooks', '/etc/libvirt', '/etc']) {
    const [ours, theirs] = [path, `/proc/${pid}/root${path}`].map((it) => attempt(() => statSync(below(root, it))));
    if (ours?.ok === true && theirs?.ok === true)
      return ours.value.dev === theirs.value.dev && ours.value.ino === theirs.value.ino ? 'these' : 'others';
    for (const found of [ours, theirs]) if (found?.ok === false && found.error !== 'ENOENT') return 'unknown';
    if (ours?.ok !== theirs?.ok) return 'others';
  }
  return 'unknown';
}

function isFollower([first = '', second = '', ...more]: readonly string[]): boolean {
  const program = basename(first) === 'node' ? second : first;
  return (
    /^mdev-preflight(?:\.cjs)?$/.test(basename(program)) &&
    ['stamp', '--all', '--follow'].every((word) => [second, ...more].includes(word))
  );
}
