// What libvirt tells `doctor`: its release, and what the guests carry.
import type { Facts, GuestFacts } from '../doctor/facts.ts';
import type { Libvirt, Libvirts, ListedGuest } from '../libvirt/port.ts';
import { UnusableInput } from '../model/xml.ts';
import { readGuest } from '../preflight/guest.ts';
import { inspectGuest } from '../preflight/stamping.ts';
import { refusal } from './connect.ts';
import { type Context, type Settings, stampingPorts } from './context.ts';

/** Throws UsageError where the URI leads to another host. */
export async function askLibvirt(
  uri: string,
  settings: Settings,
  context: Context,
): Promise<Pick<Facts, 'libvirt' | 'guests'>> {
  const libvirt = await context.libvirt(uri);
  const connected = await libvirt.connects();
  if (!connected.ok) {
    if (connected.failure.kind === 'elsewhere') throw refusal(connected.failure, uri);
    return { libvirt: connected, guests: connected };
  }
  return { libvirt: await libvirt.versions(), guests: await readGuests(libvirt, settings, context) };
}

async function readGuests(libvirt: Libvirt, settings: Settings, context: Context): Promise<Libvirts<GuestFacts>> {
  const [running, persistent] = [await libvirt.guests('running'), await libvirt.guests('persistent')];
  if (!running.ok) return running;
  if (!persistent.ok) return persistent;
  const ports = stampingPorts(libvirt, settings, context);
  const inspected: GuestFacts['running'][number][] = [];
  // One by one: whoever examines a host need not load it.
  for (const guest of running.value) inspected.push({ guest, inspection: await inspectGuest(guest.uuid, ports) });
  const definitions: GuestFacts['persistent'][number][] = [];
  for (const guest of persistent.value) definitions.push(...(await definitionOf(guest, libvirt)));
  return { ok: true, value: { running: inspected, persistent: definitions } };
}

// Nothing for one that went away since it was listed.
async function definitionOf(guest: ListedGuest, libvirt: Libvirt): Promise<GuestFacts['persistent']> {
  const xml = await libvirt.xml(guest.uuid, 'config');
  if (!xml.ok) return xml.failure.kind === 'no-guest' ? [] : [{ guest, definition: null }];
  try {
    return [{ guest, definition: readGuest(xml.value) }];
  } catch (error) {
    if (!(error instanceof UnusableInput)) throw error;
    return [{ guest, definition: null }];
  }
}
