// What is left of the processes that a hook or a command started, as /proc has it. They are told by their session, which
// also those have that were left to init. Those of them that have ended are init's to wait for.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The number of the process that was started first. */
export type Session = number | undefined;

export interface LeftProcess {
  readonly pid: number;
  /** The name of its program, as the kernel has it. */
  readonly name: string;
  /** One letter: D cannot be interrupted, Z has ended. */
  readonly state: string;
  /** SIGKILL has reached it, and it has not ended. */
  readonly killed: boolean;
  /** What its descriptors lead to. */
  readonly open: readonly string[];
}

/** The command to put in front of all, so that all that it starts is in a session whose number is its process's. */
export const IN_SESSION = ['/usr/bin/setsid'] as const;

export function leftOf(sessions: readonly Session[]): LeftProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // After the name, in brackets: state, parent, group, session (Linux, Documentation/filesystems/proc.rst).
        const [, command = '', rest = ''] =
          /^\d+ \(([^]*)\) (.*)/.exec(readFileSync(`/proc/${name}/stat`, 'latin1')) ?? [];
        const [state = '', parent, , session] = rest.split(' ');
        if (!sessions.includes(Number(session))) return [];
        if (state === 'Z' && parent === '1') return [];
        return [{ pid: Number(name), name: command, state, killed: hasKill(name), open: descriptors(name) }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** Waits until no more than `count` are left of them, for so many milliseconds at most; what is left then. */
export async function leftOnly(count: number, sessions: readonly Session[], limit: number): Promise<LeftProcess[]> {
  const begun = performance.now();
  for (;;) {
    const left = leftOf(sessions);
    if (left.length <= count || performance.now() - begun > limit) return left;
    await new Promise((done) => setTimeout(done, 20));
  }
}

// Pending for one of its threads, or for all of them; the ninth bit.
function hasKill(pid: string): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return [...status.matchAll(/^(?:SigPnd|ShdPnd):\s+([0-9a-f]+)$/gm)].some(
    ([, mask = '0']) => (BigInt(`0x${mask}`) & 0x100n) !== 0n,
  );
}

function descriptors(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      } catch {
        return 'closed meanwhile';
      }
    });
  } catch {
    return [];
  }
}
