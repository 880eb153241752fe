// A simulated host mounted for a test.
import { execa } from 'execa';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import type { Seen } from './server.ts';

/** Mounting takes root and /dev/fuse; suites that need it say so in their names and are skipped by them. */
export const CAN_MOUNT = process.getuid?.() === 0 && existsSync('/dev/fuse');

export interface MountedHost {
  /** Holds `sys` and `dev/kmsg`. */
  readonly directory: string;
  readonly sysfsRoot: string;
  /** Another driver, other devices: from the next look-up on. */
  change(host: SimulatedHost): void;
  /** What the drivers saw, in order, since the last call. */
  seen(): Seen[];
  /** Lets drivers that hang answer. */
  release(): void;
  /** Takes no further request, until `resume`. Who waits for one that was not taken can be killed. */
  pause(): void;
  resume(): void;
  unmount(): Promise<void>;
}

export async function mountHost(
  host: SimulatedHost,
  kind: 'attributes' | 'plain-files' = 'attributes',
): Promise<MountedHost> {
  const home = mkdtempSync(join(tmpdir(), 'simulated-host-'));
  const [directory, hostFile, seenFile] = [join(home, 'mount'), join(home, 'host.json'), join(home, 'seen')];
  mkdirSync(directory);
  writeFileSync(hostFile, JSON.stringify(host));
  writeFileSync(seenFile, '');
  const server = execa(process.execPath, ['build/fuse-serve.cjs', hostFile, directory, seenFile, kind], {
    reject: false,
    stderr: 'inherit',
  });
  await new Promise<void>((resolve, reject) => {
    server.stdout.once('data', () => {
      resolve();
    });
    void server.then(() => {
      reject(new Error('the simulated host could not be mounted'));
    });
  });
  return {
    directory,
    sysfsRoot: join(directory, 'sys'),
    change(changed) {
      // In one step: the server may read it at any moment.
      writeFileSync(`${hostFile}.new`, JSON.stringify(changed));
      renameSync(`${hostFile}.new`, hostFile);
    },
    seen() {
      const lines = readFileSync(seenFile, 'utf8').trim();
      writeFileSync(seenFile, '');
      return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line) as Seen);
    },
    release() {
      server.kill('SIGUSR1');
    },
    pause() {
      server.kill('SIGSTOP');
    },
    resume() {
      server.kill('SIGCONT');
    },
    async unmount() {
      server.kill('SIGCONT');
      server.kill('SIGUSR1');
      server.kill('SIGTERM');
      await server;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
