// Runs src/gather.ts and listens to it until it ends or the deadline passes.
import { spawn } from 'node:child_process';
import type { GatherRequest } from './gather-request.ts';

/** Starts the process and gives every step it told; `complete` is false where it was left behind. */
export type RunGather = (
  request: GatherRequest,
) => Promise<{ readonly steps: readonly unknown[]; readonly complete: boolean }>;

/** `program`: the bundled src/gather.ts. Rejects where the process ends by itself without an end: a bug. */
export function gatherProcess(program: string): RunGather {
  return (request) =>
    new Promise((resolve, reject) => {
      // Streams of its own: who waits for the end of ours must not wait for a stuck driver.
      const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
      const steps: unknown[] = [];
      let complaint = '';
      let ended = false;
      const leave = (complete: boolean): void => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        // One that still runs must not ask further drivers; one that is stuck is reaped by init.
        child.kill('SIGKILL');
        child.unref();
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
        resolve({ steps, complete });
      };
      const timer = setTimeout(() => {
        leave(false);
      }, request.milliseconds);
      const fail = (error: Error): void => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        reject(error);
      };
      let rest = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (ended) return;
          if (line === 'end') leave(true);
          else steps.push(JSON.parse(line) as unknown);
        }
      });
      child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
      child.stdin.on('error', () => undefined);
      child.on('error', fail);
      child.on('close', () => {
        fail(new Error(`${program} ended early: ${complaint}`));
      });
      child.stdin.end(JSON.stringify(request));
    });
}
