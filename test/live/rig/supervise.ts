// The process that keeps a rig's namespaces, and cleans up whatever becomes of this one (supervise.sh).
import { spawn } from 'node:child_process';
import { join } from 'node:path';

interface Supervisor {
  /** Makes the namespaces. Gives the first process of each host, by name, as numbered outside. */
  start(count: number): Promise<ReadonlyMap<string, number>>;
  /** Ends all processes of the rig, unmounts its simulated hosts, removes its directory. */
  end(): Promise<void>;
}

export function supervise(directory: string): Supervisor {
  // In a session of its own: what ends the runner must not end it before it cleaned up.
  const child = spawn('sh', [join(import.meta.dirname, 'supervise.sh'), directory], { detached: true });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', () => {
      resolve();
    });
    child.on('error', reject);
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  return {
    async start(count) {
      const pids = new Map<string, number>();
      const up = new Promise<boolean>((resolve) => {
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          for (const [, name = '', pid] of text.matchAll(/^(.*) (\d+|ended)\n/gm)) {
            if (pid === 'ended') resolve(false);
            else pids.set(name, Number(pid));
          }
          if (pids.size === count) resolve(true);
        });
        child.stdout.on('close', () => {
          resolve(false);
        });
      });
      child.stdin.write('start\n');
      if (!(await up)) throw new Error(`the namespaces of the rig could not be made: ${errors}`);
      return pids;
    },
    end() {
      child.stdin.end();
      return ended;
    },
  };
}
