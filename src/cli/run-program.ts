// Runs another program to its end, and never longer than it may take.
import type { Ended } from '../doctor/facts.ts';

export interface RunOptions {
  /** The whole environment; without it, ours. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** An AppArmor profile to run it under; what it denies is denied. Null and left out: as this process is run. */
  readonly profile?: string | null;
  readonly milliseconds: number;
}

// A process names the profile that it wants to have from its next exec on (as aa_change_onexec(2) does). That one is
// not held against the profile, so it is another shell's; what this runs is.
const UNDER_PROFILE = `printf 'exec %s' "$1" >/proc/self/attr/exec && shift && exec /bin/sh -c 'exec "$@"' sh "$@"`;

/** Its working directory is /. */
export async function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { execa } = await import('../libvirt/execa.ts');
  const { profile = null } = options;
  const words = [command, ...args];
  const [program = '', ...rest] =
    profile === null ? words : ['/bin/sh', '-c', UNDER_PROFILE, 'mdev-preflight', profile, ...words];
  const child = execa(program, rest, {
    cwd: '/',
    ...(options.env === undefined ? {} : { env: options.env, extendEnv: false }),
    input: options.input ?? '',
    reject: false,
    stripFinalNewline: false,
    // A group of its own, so that what it started ends with it, and does not hold its streams.
    detached: true,
  });
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort();
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It just ended.
    }
  }, options.milliseconds);
  const { exitCode, stdout, stderr, signal, code } = await child;
  clearTimeout(timer);
  if (deadline.signal.aborted)
    return { status: null, stdout, stderr, problem: `did not end within ${String(options.milliseconds / 1000)} s` };
  if (exitCode !== undefined) return { status: exitCode, stdout, stderr, problem: null };
  return {
    status: null,
    stdout,
    stderr,
    problem: signal === undefined ? `did not start (${code ?? 'no reason'})` : `was ended by ${signal}`,
  };
}
