// What is done on the hosts of a rig (test/live/rig/rig.ts), and what their processes take.
import { guestDefinition } from '../test/live/rig/guest.ts';
import type { LiveHost } from '../test/live/rig/host.ts';
import { mdevUuid } from './hosts.ts';
import { printed } from './place.ts';

const TICKS_A_SECOND = 100;

/** A guest with the n-th mdev of its host. */
export function defineGuest(host: LiveHost, name: string, mdev: number): Promise<void> {
  return host.define(guestDefinition(name, { mdevs: [{ uuid: mdevUuid(mdev) }] }));
}

/** virsh on the host, which must succeed. Gives what it printed. */
export function virsh(host: LiveHost, ...words: readonly string[]): Promise<string> {
  return printed(host, ['virsh', '-c', 'qemu:///system', ...words]);
}

/** The two processes of `stamp --all --follow`: the service, and the virsh that tells it of events. */
export async function serviceOn(host: LiveHost): Promise<readonly [string, string]> {
  const one = async (...words: readonly string[]): Promise<string> => {
    const found = (await printed(host, ['pgrep', ...words])).trim();
    if (!/^\d+$/.test(found)) throw new Error(`pgrep ${words.join(' ')}: ${found}`);
    return found;
  };
  const service = await one('-f', 'stamp --all --follow');
  return [service, await one('-P', service, '-f', 'event --all')];
}

/** Milliseconds of processor that they and the children they waited for have taken: proc(5), utime to cstime. */
export async function processorOf(host: LiveHost, pids: readonly string[]): Promise<number> {
  const ticks = await Promise.all(
    pids.map(async (pid) => {
      const fields = (await printed(host, ['cat', `/proc/${pid}/stat`])).replace(/^.*\) /, '').split(' ');
      return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    }),
  );
  return (ticks.reduce((sum, one) => sum + one, 0) * 1000) / TICKS_A_SECOND;
}

/** MiB of all of them: resident, and proportional, where shared pages count once. */
export async function memoryOf(host: LiveHost, pids: readonly string[]): Promise<{ rss: number; pss: number }> {
  const sums = { rss: 0, pss: 0 };
  for (const pid of pids) {
    const text = await printed(host, ['cat', `/proc/${pid}/smaps_rollup`]);
    sums.rss += Number(/^Rss:\s+(\d+) kB/m.exec(text)?.[1]) / 1024;
    sums.pss += Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]) / 1024;
  }
  return sums;
}

const PATIENCE = 30_000;

/** Waits for what must come; `what` it is, for when it does not. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!holds()) {
    if (performance.now() - begun > PATIENCE) throw new Error(`${what} does not come`);
    await pause(20);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
