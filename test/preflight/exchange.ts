// The whole exchange between two simulated hosts, without a mount and without a process: stamp on the
// source, ask on the destination, judge.
import type { HostIdentity } from '../../src/model/stamp.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { gather } from '../../src/preflight/gather.ts';
import { foundMdevs, judge, readGuest, restamp } from '../../src/preflight/guest.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import type { SysfsIo } from '../../src/sysfs/io.ts';

export const NOW = new Date('2026-01-02T03:04:05Z');

export function identityOf({ name }: SimulatedHost): HostIdentity {
  return { name, id: null };
}

/** What the process that touches sysfs would tell, as the one that judges gets it: through JSON. */
export function progressOn(io: SysfsIo, xml: string, ask = true): Progress[] {
  const progress: Progress[] = [];
  gather(io, readGuest(xml).cases, { ask, kernelLog: true, expired: () => false }, (step) => progress.push(step));
  return JSON.parse(JSON.stringify(progress)) as Progress[];
}

/** The guest's XML with the stamp of the host it runs on. */
export function stampOn(host: SimulatedHost, xml: string): string {
  const guest = readGuest(xml);
  const { found, missing } = foundMdevs(guest, progressOn(simulatedSysfs(host), xml, false));
  if (missing.length > 0) throw new Error(`the guest cannot run on '${host.name}': a mdev is missing there`);
  return restamp(guest.document, found, identityOf(host), NOW);
}

/** The verdict of a host on a guest that wants to come. */
export function verdictOn(host: SimulatedHost, xml: string, io = simulatedSysfs(host)): Verdict {
  return judge(readGuest(xml), progressOn(io, xml), identityOf(host));
}
