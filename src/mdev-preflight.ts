// The command line program.
import './libvirt/older-node.ts';
import { spawn } from 'node:child_process';
import { fstatSync, readFileSync, readSync, writeSync } from 'node:fs';
import { setMaxListeners } from 'node:events';
import { userInfo } from 'node:os';
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

// Who reads standard error: the journal where systemd says so of this very stream (systemd.exec(5), JOURNAL_STREAM),
// which takes a priority from the front of a line (sd-daemon(3)).
function readByJournal(): boolean {
  const { dev, ino } = fstatSync(2);
  return process.env['JOURNAL_STREAM'] === `${String(dev)}:${String(ino)}`;
}

function userName(): string {
  try {
    return process.env['SUDO_USER'] ?? userInfo().username;
  } catch {
    // A user without an entry in passwd(5).
    return `uid ${String(process.getuid?.())}`;
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
    log: (line, priority) => {
      const level = { info: 6, warning: 4 }[priority];
      put(2, readByJournal() ? `<${String(level)}>${line}\n` : `mdev-preflight: ${line}\n`);
    },
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
  get host() {
    return thisHost();
  },
  tool: { name: 'mdev-preflight', version: __VERSION__ },
  now: () => new Date(),
  // Loaded only by the commands that need it: what it takes to run virsh starts slowly.
  libvirt: async (uri, signal) => (await import('./libvirt/virsh.ts')).virsh(uri, signal),
  installation: { root: '/', bundles: __dirname, superuser: process.geteuid?.() === 0 },
  user: userName,
  ended: () => {
    const controller = new AbortController();
    // Each call of virsh that is under way listens.
    setMaxListeners(0, controller.signal);
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(name, () => {
        controller.abort();
      });
    }
    return controller.signal;
  },
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
