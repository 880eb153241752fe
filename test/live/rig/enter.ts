// Runs commands inside a host.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PATH } from './configuration.ts';

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string | Buffer;
  /** Besides LC_ALL, PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** The repository's directory where it is left out. */
  readonly cwd?: string;
}

export interface RunningCommand {
  /** The lines of both streams so far, as they came. */
  readonly lines: readonly string[];
  /** The first line that matches, also one that came before; rejects when the command ends without one. */
  line(pattern: RegExp): Promise<string>;
  kill(signal?: NodeJS.Signals): void;
  readonly exited: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Runs `command` in the namespaces of the process `pid` to its end. */
export async function run(
  pid: number,
  command: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = enter(pid, command, options);
  const [stdout, stderr, { status }] = await Promise.all([text(child.stdout), text(child.stderr), exit(child)]);
  return { status, stdout, stderr };
}

/** Starts `command` there and lets it run. */
export function start(pid: number, command: readonly string[], options: CommandOptions = {}): RunningCommand {
  const child = enter(pid, command, options);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = `${rest}${chunk}`.split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      wake();
    });
    stream?.on('end', () => {
      if (rest !== '') lines.push(rest);
      wake();
    });
  }
  let ended = false;
  child.on('close', () => {
    ended = true;
    wake();
  });
  return {
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined && !ended) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`${command.join(' ')} ended without ${String(pattern)}:\n${lines.join('\n')}`));
        };
        waiting.add(look);
        look();
      }),
    kill: (signal = 'SIGTERM') => {
      for (const inner of children(child)) process.kill(inner, signal);
    },
    exited: exit(child),
  };
}

// nsenter stays outside and has one child, the command.
function enter(pid: number, command: readonly string[], { input, env = {}, cwd }: CommandOptions): ChildProcess {
  const clean = ['env', '-i', '-C', cwd ?? process.cwd(), 'LC_ALL=C', `PATH=${PATH}`, 'HOME=/root'];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const namespaces = ['-t', String(pid), '-m', '-u', '-i', '-n', '-p'];
  const child = spawn('nsenter', [...namespaces, ...clean, ...variables, ...command]);
  // Who is written to need not read.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  return child;
}

function children({ pid, exitCode, signalCode }: ChildProcess): number[] {
  if (pid === undefined || exitCode !== null || signalCode !== null) return [];
  const list = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function exit(child: ChildProcess): Promise<{ status: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.on('close', (status, signal) => {
      resolve({ status, signal });
    });
    child.on('error', reject);
  });
}
