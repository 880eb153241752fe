// The command line program.
import { fstatSync, readFileSync, readSync, writeSync } from 'node:fs';
import type { Context, Front } from './cli/context.ts';
import { main } from './cli/main.ts';
import type { Terminal } from './cli/terminal.ts';

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

// Who reads standard error: the journal where systemd says so of this very stream (systemd.exec(5), JOURNAL_STREAM),
// which takes a priority from the front of a line (sd-daemon(3)).
function readByJournal(): boolean {
  const { dev, ino } = fstatSync(2);
  return process.env['JOURNAL_STREAM'] === `${String(dev)}:${String(ino)}`;
}

const terminal: Terminal = {
  out: (text) => {
    put(1, text);
  },
  err: (text) => {
    put(2, text);
  },
  read: (file) => (file === '-' ? readInput() : readFileSync(file)),
  log: (line, priority) => {
    const level = { info: 6, warning: 4 }[priority];
    put(2, readByJournal() ? `<${String(level)}>${line}\n` : `mdev-preflight: ${line}\n`);
  },
};

// What a command needs of Node and of this machine takes longer to load than Node to start: --help and --version do not.
const context = async (front: Front): Promise<Context> => (await import('./machine.ts')).contextOf(front);
const tool = { name: 'mdev-preflight', version: __VERSION__ } as const;

main(process.argv.slice(2), { terminal, tool }, context).then(
  (status) => {
    process.exitCode = status;
  },
  // Nobody reads our streams any more; the status still has to say that nothing was found compatible.
  () => {
    process.exitCode = 3;
  },
);
