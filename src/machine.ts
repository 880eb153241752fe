// What the commands have of Node and of the machine they run on.
import { spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Context, Front } from './cli/context.ts';
import { gatherProcess } from './cli/gather-process.ts';
import { thisHost } from './host/identity.ts';

function userName(): string {
  try {
    return process.env['SUDO_USER'] ?? userInfo().username;
  } catch {
    // A user without an entry in passwd(5).
    return `uid ${String(process.getuid?.())}`;
  }
}

export const contextOf = (front: Front): Context => ({
  ...front,
  run: gatherProcess(join(__dirname, 'gather.cjs')),
  get host() {
    return thisHost();
  },
  now: () => new Date(),
  journal: (line, priority) => {
    const logger = spawn('logger', ['-t', 'mdev-preflight', '-p', `daemon.${priority}`, '--', line], {
      stdio: 'ignore',
      detached: true,
    });
    logger.on('error', () => undefined);
    logger.unref();
  },
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
});
