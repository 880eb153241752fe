// Some hosts with libvirt that can migrate guests to each other, on this one machine: real libvirtd, real
// QEMU, real hook calls, in namespaces. Only what stands behind the mdevs is simulated.
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedHost } from '../../../src/simulation/description.ts';
import { type MountedHost, mountHost } from '../../fuse/mount.ts';
import { type Address, addressOf, writeConfiguration } from './configuration.ts';
import { type LiveHost, liveHost } from './host.ts';
import { installHook } from './installation.ts';
import { supervise } from './supervise.ts';

export interface HostOptions {
  /** Its host name: `alpha`, `beta`. */
  readonly name: string;
  readonly sim: SimulatedHost;
  /** False: libvirtd starts without a hook. */
  readonly hook?: boolean;
  /** The configuration file of mdev-preflight. */
  readonly config?: string;
}

type OnePer<Options extends readonly HostOptions[]> = { readonly [Index in keyof Options]: LiveHost };

export interface Rig<Options extends readonly HostOptions[] = readonly HostOptions[]> {
  /** In the order in which they were asked for. */
  readonly hosts: OnePer<Options>;
  /** A directory that all hosts share: for images, and for files that tests leave. */
  readonly shared: string;
  /** Ends everything on the hosts, and leaves nothing behind. */
  stop(): Promise<void>;
}

/** Starts the hosts, and waits until each libvirtd answers. */
export async function startRig<const Options extends readonly HostOptions[]>(options: Options): Promise<Rig<Options>> {
  const directory = mkdtempSync(join(tmpdir(), 'rig-'));
  const shared = join(directory, 'shared');
  mkdirSync(shared);
  const supervisor = supervise(directory);
  const sims: MountedHost[] = [];
  const stop = async (): Promise<void> => {
    await supervisor.end();
    await Promise.all(sims.map((sim) => sim.unmount()));
  };
  try {
    const addresses = options.map(({ name }, index) => addressOf(name, index));
    const prepared = addresses.map(async (address, index) => {
      const { sim: description, ...files } = options[index] ?? never();
      const sim = await mountHost(description);
      sims.push(sim);
      prepare(join(directory, 'hosts', address.name), sim, files, address, addresses);
      return sim;
    });
    // All of them, for what is mounted must be known when one fails.
    await Promise.allSettled(prepared);
    const mounted = await Promise.all(prepared);
    const pids = await supervisor.start(options.length);
    const hosts = mounted.map((sim, index) => {
      const { name } = options[index] ?? never();
      return liveHost(name, pids.get(name) ?? never(), sim);
    });
    await Promise.all(hosts.map((host) => host.startDaemon()));
    // map() forgets how many there are.
    return { hosts: hosts as unknown as OnePer<Options>, shared, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// What supervise.sh needs of a host: `sim`, `address`, `stage`, and `root`, the files of its own.
function prepare(
  home: string,
  sim: MountedHost,
  { hook = true, config }: Omit<HostOptions, 'sim'>,
  address: Address,
  all: readonly Address[],
): void {
  const root = join(home, 'root');
  mkdirSync(join(home, 'stage'), { recursive: true });
  symlinkSync(sim.directory, join(home, 'sim'));
  writeConfiguration(home, address, all, config);
  if (hook) installHook(root);
}

function never(): never {
  throw new Error('a host of the rig is missing');
}
