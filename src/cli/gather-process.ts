// Runs src/gather.ts and listens to it until it ends or the deadline passes.
import { spawn } from 'node:child_process';
import type { GatherRequest } from './gather-request.ts';

/** What the process told; `complete` is false where it was left behind. `gone` resolves once it is there no more. */
interface Gathered {
  readonly steps: readonly unknown[];
  readonly complete: boolean;
  readonly gone: Promise<void>;
}

/** Starts the process and listens until it ends, the request's time is over, or `signal` aborts. */
export type RunGather = (request: GatherRequest, signal?: AbortSignal) => Promise<Gathered>;

/** `program`: the bundled src/gather.ts. Rejects where the process ends by itself without an end: a bug. */
export function gatherProcess(program: string): RunGather {
  return (request, signal) =>
    new Promise((resolve, reject) => {
      // Streams of its own: who waits for the end of ours must not wait for a stuck driver.
      const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
      const steps: unknown[] = [];
      let complaint = '';
      let ended = false;
      const gone = new Promise<void>((resolveGone) => {
        child.on('exit', () => {
          resolveGone();
        });
      });
      const leave = (complete: boolean): void => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', interrupt);
        // One that still runs must not ask further drivers; one that is stuck is reaped by init.
        child.kill('SIGKILL');
        child.unref();
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
        resolve({ steps, complete, gone });
      };
      const interrupt = (): void => {
        leave(false);
      };
      const timer = setTimeout(interrupt, request.milliseconds);
      signal?.addEventListener('abort', interrupt);
      const fail = (error: Error): void => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', interrupt);
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
