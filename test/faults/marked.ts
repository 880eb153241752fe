// Processes told by a variable that they were started with, whatever became of their parents and sessions.
import { readdirSync, readFileSync } from 'node:fs';

/** Processes with this in their environment, once a second has passed in which they could have ended. */
export async function livingOn(mark: string): Promise<string[]> {
  for (let wait = 0; ; wait += 1) {
    const living = marked(mark);
    if (living.length === 0) return [];
    if (wait === 50) return living.map(commandLine);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** The numbers of those that have it now. */
export const marked = (mark: string): string[] =>
  readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && has(pid, mark));

/** Kills it, if it is there. */
export function killed(pid: string): void {
  try {
    process.kill(Number(pid), 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

function has(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
  } catch {
    return false;
  }
}

function commandLine(pid: string): string {
  try {
    return `${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}`;
  } catch {
    return pid;
  }
}
