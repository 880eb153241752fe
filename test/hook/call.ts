// Calls hooks/qemu as libvirt does: five words, the domain XML on standard input, pipes for all three
// streams, a clean environment. Libvirt waits for the end of both output streams and for the process;
// so does this.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NODE } from '../node/under-test.ts';

export interface HookResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the call to the end of both streams and of the process. */
  readonly milliseconds: number;
  readonly nodeStarted: boolean;
  /** What `logger` was called with, a line a call. */
  readonly journal: readonly string[];
}

export interface HookOptions {
  readonly xml?: string | Buffer;
  /** What to run the script with: libvirt runs it by its first line. */
  readonly shell?: readonly string[];
  /** A command in front of all, `unshare …`. */
  readonly wrapper?: readonly string[];
  readonly script?: string;
  /** Programs to put on PATH in the place of the real ones; null takes one away. */
  readonly programs?: Readonly<Record<string, string | null>>;
  /** Of the environment; undefined takes one away. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** How many lines the journal gets: one of a refusal and none of an acceptance, where it is left out. */
  readonly logged?: number;
  /** Called once the process runs. */
  readonly during?: (child: ChildProcess) => void;
}

const NEEDED = ['tr', 'timeout', 'cat', 'awk', 'sh'];

/** `words`: NAME OPERATION SUB-OPERATION EXTRA. */
export async function callHook(words: readonly string[], options: HookOptions = {}): Promise<HookResult> {
  const home = mkdtempSync(join(tmpdir(), 'hook-call-'));
  const path = join(home, 'bin');
  mkdirSync(path);
  const started = join(home, 'node-started');
  const journalFile = join(home, 'journal');
  const programs: Record<string, string | null> = {
    ...Object.fromEntries(NEEDED.map((name) => [name, `exec /usr/bin/env PATH=/usr/bin:/bin ${name} "$@"`])),
    node: `: >${started}\nexec ${NODE} "$@"`,
    logger: `printf '%s\\n' "$*" >>${journalFile}`,
    ...options.programs,
  };
  for (const [name, body] of Object.entries(programs)) {
    if (body === null) continue;
    writeFileSync(join(path, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(path, name), 0o755);
  }
  const script = options.script ?? join(process.cwd(), 'hooks/qemu');
  const [command = '', ...args] = [...(options.wrapper ?? []), ...(options.shell ?? []), script, ...words];
  const begun = performance.now();
  const child = spawn(command, args, {
    cwd: '/',
    env: { LC_ALL: 'C', PATH: path, HOME: '/root', ...options.variables },
  });
  options.during?.(child);
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exit(child),
    feed(child, options.xml),
  ]);
  const milliseconds = performance.now() - begun;
  const journal = (): string => (existsSync(journalFile) ? readFileSync(journalFile, 'utf8').trim() : '');
  const lines = (): string[] => (journal() === '' ? [] : journal().split('\n'));
  // The hook does not wait for the journal, so its lines may come a moment later.
  const expected = options.logged ?? (status === 0 ? 0 : 1);
  for (let wait = 0; wait < 300 && lines().length < expected; wait += 1)
    await new Promise((done) => setTimeout(done, 10));
  return { status, stdout, stderr, milliseconds, nodeStarted: existsSync(started), journal: lines() };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

function exit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('exit', resolve);
    child.on('error', reject);
  });
}

// A hook need not read its input.
function feed(child: ChildProcess, xml: string | Buffer | undefined): Promise<void> {
  return new Promise((resolve) => {
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(xml ?? '', resolve);
    child.on('exit', () => {
      resolve();
    });
  });
}

/** A copy of the script where no program stands beside it: the script stayed, the package went. */
export function orphanedScript(): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'orphan-')), 'qemu.d/50-mdev-preflight');
  mkdirSync(dirname(copy));
  writeFileSync(copy, readFileSync('hooks/qemu'));
  chmodSync(copy, 0o755);
  return copy;
}

/** Every captured call: its words and its domain XML. */
export function captured(file: string): string {
  return readFileSync(join('test/data/captures', file), 'latin1');
}
