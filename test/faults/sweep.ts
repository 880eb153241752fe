// Which faults are tried, and what must hold of each call; faults.ts makes one.
import { gvtHost } from '../../src/simulation/examples.ts';
import { VERSION } from '../fuse/hosts.ts';
import { type Fault, FaultyHost, type Outcome, type Place } from './injected.ts';
import { SHELLS } from '../hook/shells.ts';

/** What the host is like on which a call is made. */
export interface World {
  readonly driver: 'accepts' | 'rejects';
  readonly restamp: 'hook' | 'off';
}

/** One kind of fault in one place: to be tried at the first, second, third … call. */
export interface Series {
  readonly shell: (typeof SHELLS)[number];
  readonly place: Place;
  readonly call: string;
  readonly what: string;
}

// No close(2): strace keeps it from the kernel, which closes even where it tells an error, and so it would only invent.
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  openat: ['EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'EINTR'],
  read: ['EIO', 'EINTR', 'EAGAIN'],
  // No EAGAIN in Node: its threads wake each other by writes that never find their counter full.
  write: ['EIO', 'ENOSPC', 'EINTR'],
  'pipe,pipe2': ['EMFILE', 'ENFILE'],
  'dup2,dup3,fcntl': ['EMFILE', 'EINTR'],
  'clone,clone3,fork,vfork': ['EAGAIN', 'ENOMEM'],
  execve: ['EIO', 'ENOMEM'],
  mmap: ['ENOMEM'],
  brk: ['ENOMEM'],
  wait4: ['EINTR', 'ECHILD'],
  'statfs,fstat,newfstatat,statx': ['EIO', 'ENOMEM'],
};
// Where a signal comes. strace counts the calls of each name by themselves, also where it is told `all`.
const SIGNALLED = [
  ...['execve', 'brk', 'mmap', 'munmap', 'mprotect', 'madvise', 'openat', 'newfstatat', 'fstat', 'statx', 'read'],
  ...['write', 'lseek', 'close', 'fcntl', 'ioctl', 'dup2', 'pipe2', 'clone', 'clone3', 'wait4', 'faccessat2', 'futex'],
  ...['rt_sigaction', 'rt_sigprocmask', 'rt_sigreturn', 'getpid', 'epoll_ctl', 'epoll_pwait', 'exit_group'],
];
const PROGRAMS: readonly Place[] = ['tr', 'timeout', 'cat', 'sh', 'node'];
const ALL: readonly Place[] = ['all'];
const SIGNALS = ['KILL', 'TERM', 'HUP', 'INT', 'PIPE'];

/** Every series. Those of programs are for the first shell alone, and for a driver that accepts: they see no more. */
export function allSeries({ driver }: World): Series[] {
  const shells = SHELLS.filter(({ missing }) => !missing);
  return shells.flatMap((shell, index) => {
    const places: readonly Place[] = index > 0 ? ['shell'] : ['shell', ...(driver === 'accepts' ? PROGRAMS : ALL)];
    return places.flatMap((place) => [
      ...Object.entries(ERRORS).flatMap(([call, errors]) =>
        errors.map((error) => ({ shell, place, call, what: `error=${error}` })),
      ),
      ...(place === 'shell' && driver === 'accepts' ? SIGNALS : ['KILL']).flatMap((name) =>
        SIGNALLED.map((call) => ({ shell, place, call, what: `signal=${name}` })),
      ),
    ]);
  });
}

/**
 * From one fault of a series to the next: every call, but for signals in Node, and beyond the first hundred, which are
 * many of one kind: each line of the kernel log is one.
 */
export function stepOf({ place, what }: Series, when: number): number {
  if (when > 100) return 97;
  return what.startsWith('error=') || (place !== 'all' && place !== 'node') ? 1 : 4;
}

/** Mounts the host of a world. */
export async function hostOf({ driver, restamp }: World, config = ''): Promise<FaultyHost> {
  const host = await FaultyHost.mount(`restamp = "${restamp}"\n${config}`);
  if (driver === 'rejects') host.host.change(gvtHost('beta', 2));
  return host;
}

// When it was stamped; and what is left out of a stamp where it cannot be had, and no driver's answer depends on:
// this host's machine-id, and whether the other node of the version, which is not there, is not there.
const UNCERTAIN = / (?:time|host-id)="[^"]*"|\n *<mdev-preflight:version node="device" error="ENOENT"\/>/g;

/** The document that goes back, but for what may differ from call to call. */
export const certain = (document: string): string => document.replace(UNCERTAIN, '');

/** What is wrong with the outcome of a call, or null. `document`: what an acceptance hands back. */
export function problemOf(outcome: Outcome, { driver, restamp }: World, document: string): string | null {
  const { status, stdout, seen, left } = outcome;
  if (left.length > 0) return `lives on: ${left.join(' | ')}`;
  if (outcome.scriptUnread) return seen.length === 0 ? null : 'the driver was asked, and by nobody';
  const asked = seen.filter(({ operation }) => operation === 'write');
  if (asked.length > 1) return 'the driver was asked more than once';
  if (asked.some(({ data }) => data !== VERSION)) return 'the driver was asked something else';
  if (status !== 0) return lateness(outcome);
  if (driver !== 'accepts' || asked[0]?.result !== VERSION.length) return 'accepted, and no driver had';
  if (restamp === 'off')
    return stdout === '' ? lateness(outcome) : 'accepted, with a document, and none was to go back';
  if (certain(stdout) !== document) return 'accepted, with another document than the right one';
  return lateness(outcome);
}

/** What is told of a call that took too long, where nothing else is wrong with it, or null. */
export function lateness({ milliseconds }: Outcome): string | null {
  return milliseconds > LIMIT_MS + SLOWED ? `took ${milliseconds.toFixed(0)} ms` : null;
}

// The default deadline, which is also what a Node may take that does not say a word, and a second.
const LIMIT_MS = 11_000;
// What strace costs on a machine with other work: most of it with Node, call by call.
const SLOWED = 5000;

/** Of a call that was late and did not accept: what docs/reliability.md tells as not held, or null. */
export function notHeld({ shell, place, call, what }: Series, { status, stderr }: Outcome): string | null {
  if (status === 0) return null;
  if (shell.name === 'bash as sh' && what === 'signal=INT') return 'bash spins on a SIGINT';
  // strace waits for that Node, which gets no thread for the same reason.
  if (place === 'all' && call.startsWith('clone') && stderr.includes('Cannot fork'))
    return 'a hung Node outlives a shell that can start nothing';
  return null;
}

/** In words, for the figures. */
export function kindOf({ status, signal, stderr, scriptUnread }: Outcome): string {
  if (scriptUnread) return status === 0 ? 'ended with 0 by a shell that read no script' : 'no script was read';
  if (status === 0) return 'accepted, and earned';
  if (signal !== null || (status ?? 0) > 128) return 'the shell was killed';
  if (stderr.startsWith('mdev-preflight: refused: ')) return 'refused, with its line first';
  if (stderr.includes('mdev-preflight: refused: ')) return 'refused, with its line behind another';
  return stderr === ''
    ? `status ${String(status)} without a word`
    : 'refused by the shell or the loader, in their words';
}

// How many such calls are made, and a few: a fault that no call meets is an acceptance.
const CALLS: Readonly<Record<string, number>> = { read: 20, openat: 12, mmap: 16, close: 12, fcntl: 8 };

/** Some of all faults, the same for a seed; without those that make Node hang, for ten seconds each. */
export function someFaults(world: World, seed: number, count: number): { series: Series; when: number }[] {
  const quick = allSeries(world).filter(
    ({ place, call, what }) =>
      !((place === 'node' || place === 'all') && /clone|mmap/.test(call)) &&
      (!what.startsWith('signal=') || (what === 'signal=KILL' && call in CALLS)),
  );
  let state = seed;
  // Park and Miller's generator.
  const below = (limit: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  return Array.from({ length: count }, () => {
    const series = quick[below(quick.length)];
    if (series === undefined) throw new Error('no fault to try');
    return { series, when: 1 + below(CALLS[series.call] ?? 8) };
  });
}

export const nameOf = ({ driver, restamp }: World, { shell, place, call, what }: Series): string =>
  [driver, restamp, shell.name, place, call, what].join(' ');

export const faultOf = ({ place, call, what }: Series, when: number): Fault => ({ place, call, what, when });
