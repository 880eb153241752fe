// The command line program.
import { spawn } from 'node:child_process';
import { readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './cli/context.ts';
import { gatherProcess } from './cli/gather-process.ts';
import { main } from './cli/main.ts';
import { thisHost } from './host/identity.ts';

declare const __VERSION__: string;

// Synchronous and whole: process.stdout would lose what a pipe has not taken when the process ends.
function put(descriptor: 1 | 2, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) rest = rest.subarray(patiently(() => writeSync(descriptor, rest)));
}

function readInput(): Buffer {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(65536);
    const count = patiently(() => readSync(0, chunk, 0, chunk.length, null));
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
  }
}

// Somebody else may have set our streams to non-blocking: then what is at their other end is only slow.
function patiently(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

const context: Context = {
  terminal: {
    out: (text) => {
      put(1, text);
    },
    err: (text) => {
      put(2, text);
    },
    read: (file) => (file === '-' ? readInput() : readFileSync(file)),
    journal: (line, priority) => {
      const logger = spawn('logger', ['-t', 'mdev-preflight', '-p', `daemon.${priority}`, '--', line], {
        stdio: 'ignore',
        detached: true,
      });
      logger.on('error', () => undefined);
      logger.unref();
    },
  },
  run: gatherProcess(join(__dirname, 'gather.cjs')),
  host: thisHost(),
  tool: { name: 'mdev-preflight', version: __VERSION__ },
  now: () => new Date(),
};

main(process.argv.slice(2), context).then(
  (status) => {
    process.exitCode = status;
  },
  // Nobody reads our streams any more; the status still has to say that nothing was found compatible.
  () => {
    process.exitCode = 3;
  },
);
