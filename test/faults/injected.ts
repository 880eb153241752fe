// One call of the hook with one fault in it: strace(1) lets the Nth system call of a kind fail, or kills there, in the
// shell, in a program that it starts, or in every process at once. A worker has a simulated host of its own, so that
// what the driver saw belongs to this call; all calls run in one mount namespace of that host.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { type MountedHost, mountHost } from '../fuse/mount.ts';
import type { Seen } from '../fuse/server.ts';
import { killed, livingOn, marked } from './marked.ts';
import { NODE } from '../node/under-test.ts';
import { stampOn } from '../preflight/exchange.ts';
import { onHost } from '../hook/on-host.ts';

/** Which processes it meets: the script's own, every one, or those of one program on PATH. */
export type Place = 'shell' | 'all' | 'tr' | 'timeout' | 'cat' | 'sh' | 'awk' | 'node';

/** Where strace runs the script itself. */
const STRAIGHT: readonly Place[] = ['shell', 'all'];

export interface Fault {
  readonly place: Place;
  /** A system call, or several with commas. */
  readonly call: string;
  /** As strace says it: `error=EIO`, `signal=KILL`. */
  readonly what: string;
  /** The how-manieth of each process. */
  readonly when: number;
}

export interface Outcome {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  readonly seen: readonly Seen[];
  /** Whether the fault's call was ever made. */
  readonly met: boolean;
  /**
   * The shell never read even the first block of the script, which the kernel has just read for `#!`: what then happens
   * is the shell's own (dash, bash and busybox end with 0).
   */
  readonly scriptUnread: boolean;
  /** Command lines of processes that outlived the call by a second. */
  readonly left: readonly string[];
}

const LIMIT_MS = 18_000;

export const GUEST = stampOn(gvtHost('alpha', 1), guestXml('mdevguest', [FIRST_MDEV]));

const PATH = '/usr/bin:/bin';

export interface Call {
  readonly xml?: string | Buffer;
  readonly shell: readonly string[];
  /** A command in front of the script's. */
  readonly wrapper?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Programs in the place of the real ones, on PATH. */
  readonly programs?: Readonly<Record<string, string>>;
  /** MIGRATE BEGIN of a guest, where it is left out. */
  readonly operation?: readonly [string, string];
  readonly fault?: Fault | undefined;
  /** A logger that hangs is to be left behind. */
  readonly loggerHangs?: boolean;
  /** Of a guest without mdevs: it may run beside another call, whose driver is asked. */
  readonly asksNobody?: boolean;
  /** What its standard input gets in the place of the whole document at once. */
  readonly feed?: (child: ChildProcess) => void;
}

export class FaultyHost {
  readonly host: MountedHost;
  readonly #keeper: ChildProcess;
  readonly #home = mkdtempSync(join(tmpdir(), 'faults-'));
  #calls = 0;

  private constructor(host: MountedHost, keeper: ChildProcess) {
    this.host = host;
    this.#keeper = keeper;
    mkdirSync(join(this.#home, 'bin'));
    symlinkSync(NODE, join(this.#home, 'bin/node'));
    // Nobody's journal.
    this.#program('bin/logger', 'exit 0');
  }

  /** `config`: the text of the configuration file. */
  static async mount(config: string): Promise<FaultyHost> {
    const host = await mountHost(gvtHost('beta', 1));
    const kept = [...onHost(host, config), '/bin/sh', '-c', 'echo; exec sleep infinity'];
    const keeper = spawn('/usr/bin/env', kept, { env: { PATH }, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((ready, failed) => {
      keeper.stdout.once('data', () => {
        ready();
      });
      keeper.once('exit', failed);
    });
    return new FaultyHost(host, keeper);
  }

  async unmount(): Promise<void> {
    this.#keeper.kill('SIGKILL');
    await this.host.unmount();
    rmSync(this.#home, { recursive: true, force: true });
  }

  async call(given: Call): Promise<Outcome> {
    const { fault, shell, wrapper = [], operation = ['migrate', 'begin'] } = given;
    this.#calls += 1;
    const home = join(this.#home, String(this.#calls));
    mkdirSync(home);
    const log = join(home, 'log');
    for (const [name, body] of Object.entries(given.programs ?? {}))
      this.#program(`${String(this.#calls)}/${name}`, body);
    const traced = fault === undefined ? [] : strace(fault, log);
    const straight = fault === undefined || STRAIGHT.includes(fault.place);
    if (!straight)
      this.#program(
        `${String(this.#calls)}/${fault.place}`,
        `PATH=${PATH}; exec ${[...traced, fault.place === 'node' ? NODE : `/usr/bin/${fault.place}`].join(' ')} "$@"`,
      );
    const hook = [...shell, join(process.cwd(), 'hooks/qemu'), 'mdevguest', ...operation, '-'];
    const words = [
      '-m',
      '-t',
      String(this.#keeper.pid),
      '--wd=/',
      '--',
      ...wrapper,
      ...(straight ? traced : []),
      ...hook,
    ];
    if (given.asksNobody !== true) this.host.seen();
    const path = `${home}:${join(this.#home, 'bin')}:${PATH}`;
    const begun = performance.now();
    const child = spawn('/usr/bin/nsenter', words, {
      env: { LC_ALL: 'C', PATH: path, HOME: '/root', FAULT: home, ...given.variables },
    });
    child.stdin.on('error', () => undefined);
    if (given.feed === undefined) child.stdin.end(given.xml ?? GUEST);
    else given.feed(child);
    // What hangs is to be told, and not to be waited for.
    const limit = setTimeout(() => {
      for (const pid of marked(`FAULT=${home}`)) killed(pid);
    }, LIMIT_MS);
    const [stdout, stderr, [status, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<[number | null, string | null]>((ended) => {
        child.on('exit', (...how) => {
          ended(how);
        });
      }),
    ]);
    const milliseconds = performance.now() - begun;
    clearTimeout(limit);
    const living = await livingOn(`FAULT=${home}`);
    const left = living.filter((line) => given.loggerHangs !== true || !line.includes('sleep 7'));
    if (left.length < living.length) for (const pid of marked(`FAULT=${home}`)) killed(pid);
    const lines = readLog(log);
    const seen = given.asksNobody === true ? [] : this.host.seen();
    const met =
      fault?.what.startsWith('error=') === true
        ? lines.includes('(INJECTED)')
        : /^[^"]*(?:---|\+\+\+) (?:killed by )?SIG(?!CHLD|CONT)/m.test(lines);
    rmSync(home, { recursive: true });
    return {
      status,
      signal,
      stdout,
      stderr,
      milliseconds,
      seen,
      met,
      scriptUnread: straight && fault !== undefined && !READ_OF_SCRIPT.test(lines),
      left,
    };
  }

  #program(name: string, body: string): void {
    writeFileSync(join(this.#home, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(this.#home, name), 0o755);
  }
}

function strace({ place, call, what, when }: Fault, log: string): string[] {
  const follow = place === 'shell' ? [] : ['-f'];
  // Appended to: a program may be started more than once.
  const inject = `inject=${call}:${what}:when=${String(when)}`;
  // The shell's reads are told too, for whether it got any of its script.
  const traced = STRAIGHT.includes(place) ? `${call},read` : call;
  return ['/usr/bin/strace', '-qqq', '-A', '-o', log, ...follow, '-e', `trace=${traced}`, '-e', inject];
}

// The script's descriptor is the first from 10 on (POSIX keeps those below for the script itself), 255 with bash.
const READ_OF_SCRIPT = /\bread\(\d{2,3}, .* = [1-9]\d*$/m;

function readLog(log: string): string {
  try {
    return readFileSync(log, 'latin1');
  } catch {
    return '';
  }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}
