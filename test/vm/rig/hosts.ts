// The two hosts of a story.
import { constants, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type VmHost, vmHost } from './host.ts';
import { deb, rpm } from './package.ts';
import { startMachine } from './machine.ts';

export interface Hosts {
  readonly alpha: VmHost;
  readonly beta: VmHost;
  stop(): Promise<void>;
}

// A worker outlives a runner that was interrupted twice, and the machines the worker. They end with it (machine.ts).
process.once('disconnect', () => process.exit());

/** Two machines with libvirt and the driver, as they were when they had booted. Ours is not installed yet. */
export async function startHosts(): Promise<Hosts> {
  const { image, machines, driver, packages } = inject('prepared');
  const directory = mkdtempSync(join(tmpdir(), 'hosts-'));
  const start = async (name: string, number: 1 | 2) => {
    // What a story does to a disk is gone with it.
    const disk = join(directory, `${name}.qcow2`);
    copyFileSync(join(machines, `${name}.qcow2`), disk, constants.COPYFILE_FICLONE);
    return startMachine({ name, number, image, disk, wire: directory, resume: true });
  };
  const [one, two] = await Promise.all([start('alpha', 1), start('beta', 2)]);
  const stop = async (): Promise<void> => {
    await Promise.all([one.stop(), two.stop()]);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const module = readFileSync(driver);
    for (const machine of [one, two]) {
      // They went on with the time of their last day.
      for (const [line, input] of [
        [`date -s @${String(Date.now() / 1000)}`],
        ['cat >/run/driver.ko && insmod /run/driver.ko', module],
      ] as const) {
        const { status, stderr } = await machine.run(line, input);
        if (status !== 0) throw new Error(`${line}: ${stderr}`);
      }
    }
    // Both packages are in every story: the one sends guests, and the other receives them.
    return { alpha: vmHost('alpha', one, deb(packages)), beta: vmHost('beta', two, rpm(packages)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The same with mdev-preflight on both. */
export async function startInstalledHosts(): Promise<Hosts> {
  const hosts = await startHosts();
  await Promise.all([hosts.alpha.install(), hosts.beta.install()]);
  return hosts;
}
