// Keeps the stamp of a running guest true. A wrong stamp is worse than none, for it lets an incompatible
// migration pass: so what was written is read back, and a stamp that cannot be confirmed is removed.
import { EXEMPTION_METADATA } from '../model/exemption.ts';
import { printable } from '../model/printable.ts';
import type { HostIdentity, Stamp } from '../model/stamp.ts';
import { STAMP_METADATA } from '../model/stamp.ts';
import type { Uuid } from '../model/uuid.ts';
import { UnusableInput } from '../model/xml.ts';
import type { Libvirt, LibvirtFailure, Libvirts } from '../libvirt/port.ts';
import { whyMissing, whyUnopened } from '../report/not-stamped.ts';
import { makeStamp } from '../stamp/make.ts';
import { sameFacts } from '../stamp/same.ts';
import { writeBareStamp } from '../stamp/write.ts';
import { foundMdevs, type Guest, readGuest } from './guest.ts';
import type { Progress } from './progress.ts';

export interface StampingPorts {
  readonly libvirt: Libvirt;
  /** Looks the guest's mdevs up on this host; ends by the deadline. Null: it was told to end before. */
  readonly look: (guest: Guest) => Promise<readonly Progress[] | null>;
  /** Asked each time: a host's name may be set late, and change. */
  readonly host: () => HostIdentity;
  readonly now: () => Date;
}

type ReadGuest = ReturnType<typeof readGuest>;

/** What is known of a running guest's stamp. */
export type Inspection =
  | { readonly state: 'no-mdev'; readonly guest: ReadGuest }
  /** `stamp` is what it should say; `current`: that is what it says. */
  | { readonly state: 'known'; readonly guest: ReadGuest; readonly stamp: Stamp; readonly current: boolean }
  /** What it should say could not be learnt; `problems` are sentences. */
  | { readonly state: 'unknown'; readonly guest: ReadGuest; readonly problems: readonly string[] }
  | { readonly state: 'failed'; readonly failure: LibvirtFailure };

export async function inspectGuest(uuid: Uuid, ports: StampingPorts): Promise<Inspection> {
  const read = await readRunning(uuid, ports.libvirt);
  if (!read.ok) return { state: 'failed', failure: read.failure };
  const guest = read.value;
  if (guest.cases.length === 0) return { state: 'no-mdev', guest };
  const progress = await lookOrSayWhy(guest, ports);
  if (progress === null) return { state: 'failed', failure: { kind: 'failed', text: 'it was ended' } };
  if (typeof progress === 'string') return { state: 'unknown', guest, problems: [progress] };
  const { found, missing } = foundMdevs(guest, progress);
  const problems = [
    ...missing.map(({ it, facts }) => whyMissing(it.hostdev.uuid, facts)),
    ...found.flatMap(({ hostdev, look }) => whyUnopened(hostdev.uuid, look)),
  ];
  if (problems.length > 0) return { state: 'unknown', guest, problems };
  const stamp = makeStamp(found, ports.host(), ports.now());
  return { state: 'known', guest, stamp, current: carries(guest, stamp) };
}

// Whatever keeps the mdevs from being looked up (no memory for another process), the stamp is not confirmed.
async function lookOrSayWhy(guest: ReadGuest, { look }: StampingPorts): Promise<readonly Progress[] | string | null> {
  try {
    return await look(guest);
  } catch (error) {
    return `its mdevs cannot be looked up: ${printable(error instanceof Error ? error.message : String(error))}`;
  }
}

/** What came of stamping a running guest. */
export type Stamping =
  | { readonly state: 'no-mdev' }
  /** It said so already. */
  | { readonly state: 'current' }
  /** `exemption`: it had one, which the fresh stamp ended. */
  | { readonly state: 'stamped'; readonly stamp: Stamp; readonly exemption: boolean }
  /** `removed`: it had a stamp, which could not be confirmed. */
  | { readonly state: 'not-stamped'; readonly problems: readonly string[]; readonly removed: boolean }
  /** Something else changed the guest or its metadata each time. */
  | { readonly state: 'undone' }
  | { readonly state: 'failed'; readonly failure: LibvirtFailure };

// The guest may be changed while it is looked at; who does that twice in a row does it on purpose.
const TRIES = 3;

/** `unlessCurrent`: nothing is written where the guest already carries this host's facts, whenever they were stamped. */
export async function stampGuest(uuid: Uuid, ports: StampingPorts, unlessCurrent: boolean): Promise<Stamping> {
  const { libvirt } = ports;
  let exempted = false;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const inspection = await inspectGuest(uuid, ports);
    if (inspection.state === 'failed' || inspection.state === 'no-mdev') return inspection;
    const { guest } = inspection;
    if (inspection.state === 'known' && inspection.current && unlessCurrent) return { state: 'current' };
    const stamped = guest.document.stamps.length > 0;
    if (inspection.state === 'unknown' && !stamped)
      return { state: 'not-stamped', problems: inspection.problems, removed: false };
    const free = await freeOfJobs(uuid, libvirt);
    if (free !== null) return { state: 'failed', failure: free };
    if (inspection.state === 'unknown') {
      const removed = await libvirt.setMetadata(uuid, 'live', STAMP_METADATA, null);
      if (!removed.ok) return { state: 'failed', failure: removed.failure };
      return { state: 'not-stamped', problems: inspection.problems, removed: true };
    }
    exempted ||= guest.exemption.kind !== 'none';
    const failure = await write(uuid, guest, inspection.stamp, libvirt);
    if (failure !== null) return { state: 'failed', failure };
    const now = await readRunning(uuid, libvirt);
    if (!now.ok) return { state: 'failed', failure: now.failure };
    if (carries(now.value, inspection.stamp) && sameMdevs(now.value, guest))
      return { state: 'stamped', stamp: inspection.stamp, exemption: exempted };
  }
  return { state: 'undone' };
}

// The exemption goes first: should the rest fail, the guest is refused rather than let through.
async function write(uuid: Uuid, guest: ReadGuest, stamp: Stamp, libvirt: Libvirt): Promise<LibvirtFailure | null> {
  if (guest.exemption.kind !== 'none') {
    const removed = await libvirt.setMetadata(uuid, 'live', EXEMPTION_METADATA, null);
    if (!removed.ok) return removed.failure;
  }
  const written = await libvirt.setMetadata(uuid, 'live', STAMP_METADATA, writeBareStamp(stamp));
  return written.ok ? null : written.failure;
}

// A change would wait for the job's end, for up to 30 s, and hold one of the daemon's workers meanwhile.
async function freeOfJobs(uuid: Uuid, libvirt: Libvirt): Promise<LibvirtFailure | null> {
  const busy = await libvirt.busy(uuid);
  if (!busy.ok) return busy.failure;
  return busy.value ? { kind: 'busy', text: 'a job holds the guest: a migration, a save, a dump or the like' } : null;
}

async function readRunning(uuid: Uuid, libvirt: Libvirt): Promise<Libvirts<ReadGuest>> {
  const xml = await libvirt.xml(uuid, 'current');
  if (!xml.ok) return xml;
  try {
    const guest = readGuest(xml.value);
    // virsh takes a guest's name for a UUID where it looks like one, and no guest has that UUID.
    if (guest.domain.uuid !== uuid) return { ok: false, failure: { kind: 'no-guest', text: 'it is gone' } };
    return { ok: true, value: guest };
  } catch (error) {
    if (!(error instanceof UnusableInput)) throw error;
    return { ok: false, failure: { kind: 'failed', text: error.message } };
  }
}

function carries({ reading }: ReadGuest, stamp: Stamp): boolean {
  return reading.kind === 'stamp' && sameFacts(reading.stamp, stamp);
}

function sameMdevs(one: ReadGuest, other: ReadGuest): boolean {
  return JSON.stringify(one.document.hostdevs) === JSON.stringify(other.document.hostdevs);
}
