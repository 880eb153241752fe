// The guest of all stories, with one mdev, and what is done with it.
import { expect, vi } from 'vitest';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { guestDefinition } from '../live/rig/guest.ts';
import type { VmHost } from './rig/host.ts';
import { type Hosts, startInstalledHosts } from './rig/hosts.ts';
import type { CommandResult } from './rig/machine.ts';

export const MDEV = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001';
export const DEVICE = `/sys/bus/mdev/devices/${MDEV}`;

const DESKTOP = guestDefinition('desktop', {
  uuid: '22222222-aaaa-4bbb-8ccc-000000000001',
  mdevs: [{ uuid: MDEV }],
  machine: 'q35',
});
/** What stands in the device's memory, as if the guest had drawn it. */
export const CONTENTS = 'half a frame';

/** Clears both hosts, makes the mdev on the first parent of each, and starts the guest on alpha. */
export async function freshGuest({ alpha, beta }: Hosts): Promise<void> {
  await Promise.all([alpha.clear(), beta.clear()]);
  await Promise.all([alpha.gpu.createMdev(MDEV), beta.gpu.createMdev(MDEV)]);
  await alpha.boot(DESKTOP);
  await alpha.output(`echo ${CONTENTS} >${DEVICE}/contents`);
}

/** The same, with mdev-preflight on both hosts: the guest is stamped. */
export async function freshStampedGuest(hosts: Hosts): Promise<void> {
  await freshGuest(hosts);
  await stamped(hosts.alpha);
}

/** Two hosts with mdev-preflight, and the stamped guest on alpha. */
export async function startHostsWithGuest(): Promise<Hosts> {
  const hosts = await startInstalledHosts();
  await freshStampedGuest(hosts);
  return hosts;
}

/** Waits until the service on the host has stamped the guest with what is true there. */
export async function stamped(host: VmHost): Promise<void> {
  await vi.waitFor(
    async () => {
      const { stdout } = await host.sh(`virsh metadata desktop ${STAMP_NAMESPACE}`);
      expect(stdout).toContain(`<stamp host="${host.name}"`);
    },
    { timeout: 60_000, interval: 300 },
  );
}

export function migrate(from: VmHost, to: VmHost, options = '', scheme = 'qemu+tcp'): Promise<CommandResult> {
  return from.sh(`virsh migrate --live ${options} desktop ${scheme}://${to.name}/system`);
}

/** What the device has there, and how often a state was loaded since the guest was started. */
export async function deviceState(host: VmHost): Promise<{ contents: string; generation: number }> {
  const contents = await host.output(`cat ${DEVICE}/contents`);
  return { contents: contents.trimEnd(), generation: Number(await host.output(`cat ${DEVICE}/generation`)) };
}
