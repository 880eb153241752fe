// What a running guest carries.
import type { Stamp } from '../../src/model/stamp.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import type { LiveHost } from './rig/host.ts';

/** The stamp of a running guest; null where it has none. Throws where it has one that is none. */
export async function stampOf(host: LiveHost, guest: string): Promise<Stamp | null> {
  const { reading } = readGuest(await host.liveXml(guest));
  if (reading.kind === 'invalid') throw new Error(reading.problem);
  return reading.kind === 'stamp' ? reading.stamp : null;
}
