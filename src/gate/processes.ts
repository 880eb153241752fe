// Which daemons of libvirt run, since when and with what, and whether somebody keeps the stamps true: from /proc.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { attempt, below } from './files.ts';

export interface Daemon {
  readonly pid: number;
  readonly name: DaemonName;
  /**
   * `system`: root's, and libvirt's own program. `session`: a user's, who may have called anything so. `foreign`:
   * root's, but another program, such as sudo by a name that a user chose, or a libvirt built by hand.
   */
  readonly kind: 'system' | 'session' | 'foreign';
  /** What it runs; null where that cannot be read. */
  readonly program: string | null;
  /** Milliseconds since 1970, by this host's clock now. */
  readonly startedAt: number;
  /** A system daemon's PATH, which hooks inherit: null where it has none; undefined where that cannot be read. */
  readonly path: string | null | undefined;
  /** Whether its /etc/libvirt/hooks is the one that was looked at. One in a container has its own. */
  readonly hooks: 'these' | 'others' | 'unknown';
  /** Its SELinux domain; null where it cannot be read. */
  readonly domain: string | null;
  /** The AppArmor profile that confines it, which the hook inherits; null where none does, or it cannot be read. */
  readonly profile: string | null;
}

const DAEMONS = ['libvirtd', 'virtqemud'] as const;
type DaemonName = (typeof DAEMONS)[number];

// Where packages install them. Whoever may write there is root already.
const SYSTEM_DAEMON = /^(?:(?:\/usr)?\/s?bin|\/usr\/libexec)\/(?:libvirtd|virtqemud)$/;

// Real, effective, saved, of the file system: a set-user-ID program has some, and its caller's environment.
const ALL_OF_ROOT = /^Uid:\t0\t0\t0\t0$/m;

export interface Processes {
  readonly daemons: readonly Daemon[];
  /** A process of root that was started as `mdev-preflight stamp --all --follow`. */
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
    const ofRoot = ALL_OF_ROOT.test(text(`${pid}/status`) ?? '');
    const program = programOf(root, pid);
    if (name !== undefined) {
      const kind = !ofRoot ? 'session' : program === null || SYSTEM_DAEMON.test(program) ? 'system' : 'foreign';
      const label = text(`${pid}/attr/current`) ?? '';
      daemons.push({
        pid: Number(pid),
        name,
        kind,
        program,
        startedAt: bootedAt + stat.startTicks * TICK,
        // Programs are looked for there, and run: never by the word of a process that may be anything.
        path: kind === 'system' && program !== null ? pathOf(text(`${pid}/environ`)) : undefined,
        hooks: hooksOf(root, pid),
        domain: label.split(':')[2] ?? null,
        profile: profileOf(label),
      });
    }
    // Sudo, which a user may give any name and words, is root's as well.
    const mayBeNode = program === null || basename(program).startsWith('node');
    follower ||= ofRoot && mayBeNode && isFollower((text(`${pid}/cmdline`) ?? '').split('\0'));
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

// Unlike its name, a process cannot choose it. An upgrade leaves a mark on the programs that run on.
function programOf(root: string, pid: string): string | null {
  const link = attempt(() => readlinkSync(below(root, `/proc/${pid}/exe`)));
  return link.ok ? link.value.replace(/ \(deleted\)$/, '') : null;
}

function pathOf(environment: string | null): string | null | undefined {
  if (environment === null) return undefined;
  const variable = environment.split('\0').find((it) => it.startsWith('PATH='));
  return variable?.slice('PATH='.length) ?? null;
}

// A daemon may see another file system than we do: compared is the nearest directory that is there. And /, for
// a symbolic link in a container would lead from its /etc to ours.
function hooksOf(root: string, pid: string): Daemon['hooks'] {
  for (const path of ['/etc/libvirt/hooks', '/etc/libvirt', '/etc']) {
    const seen = seenAlike(root, pid, path);
    if (seen === 'these') return seenAlike(root, pid, '/') ?? 'unknown';
    if (seen !== null) return seen;
  }
  return 'unknown';
}

// Null: neither of us has it.
function seenAlike(root: string, pid: string, path: string): Daemon['hooks'] | null {
  const [ours, theirs] = [path, `/proc/${pid}/root${path}`].map((it) => attempt(() => statSync(below(root, it))));
  if (ours?.ok === true && theirs?.ok === true)
    return ours.value.dev === theirs.value.dev && ours.value.ino === theirs.value.ino ? 'these' : 'others';
  for (const found of [ours, theirs]) if (found?.ok === false && found.error !== 'ENOENT') return 'unknown';
  return ours?.ok === theirs?.ok ? null : 'others';
}

// `node start.cjs mdev-preflight.cjs stamp …`, without start.cjs, and without node.
function isFollower(words: readonly string[]): boolean {
  const [, ...behindNode] = basename(words[0] ?? '') === 'node' ? words : ['', ...words];
  const [program = '', ...call] = basename(behindNode[0] ?? '') === 'start.cjs' ? behindNode.slice(1) : behindNode;
  return (
    /^mdev-preflight(?:\.cjs)?$/.test(basename(program)) &&
    ['stamp', '--all', '--follow'].every((word) => call.includes(word))
  );
}

// "PROFILE (MODE)" (Linux, security/apparmor/procattr.c, aa_getprocattr); `complain` denies nothing.
function profileOf(label: string): string | null {
  return /^([^:]+) \((?:enforce|kill)\)\s*$/.exec(label)?.[1] ?? null;
}
