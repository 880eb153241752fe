// The one table of reasons: what each means for the migration, how it is said, what to do, where to read on.
// The compiler keeps it complete; docs/reasons.md is held equal to it by a test.
import type { Domain } from './domain.ts';
import { describeErrno, errnoName } from './errno.ts';
import { printable, shellWord } from './printable.ts';
import type { NotAskedCause, Outcome, Reason, ReasonCode } from './reason.ts';

interface Entry<R extends Reason> {
  readonly outcome: Exclude<Outcome, 'compatible'>;
  /** One sentence without its full stop; what disagrees stands in quotes. */
  readonly sentence: (reason: R) => string;
  /** What to do next, ending in a command where there is one. `guest` is what virsh shall call the domain; null where it is restored from a file. */
  readonly remedy: (reason: R, guest: string | null) => string;
}

type Table = { readonly [C in ReasonCode]: Entry<Extract<Reason, { code: C }>> };

const q = (text: string): string => `'${printable(text)}'`;
const LIST = 'mdev-preflight list';

function stampAgain(guest: string | null): string {
  if (guest === null)
    return 'its XML: virsh save-image-dumpxml FILE; to restore it unasked, on this host: unstamped = "allow" in /etc/mdev-preflight/config.toml';
  // `virsh migrate --xml FILE` sends the file in the place of the guest's own definition, stamp and all.
  const word = `${guest.startsWith('-') ? '-- ' : ''}${shellWord(guest)}`;
  return `on the source host: mdev-preflight stamp ${word}; then migrate again, with a FILE for --xml made after that or none`;
}

const lookAt = (path: string): string => `see who may use it, as root on this host: ls -lZ ${path}`;
const findMount = (path: string): string => `see what is mounted there, on this host: findmnt --target ${path}`;

const NOT_ASKED: Readonly<
  Record<NotAskedCause, { readonly says: (path: string) => string; readonly next: (path: string) => string }>
> = {
  'look-up': {
    says: (path) => `looking up ${path} failed`,
    next: () => `see what this host has: ${LIST}; and what its kernel says: dmesg | tail`,
  },
  'device-api': { says: () => 'reading its device_api failed', next: lookAt },
  'open-for-reading': { says: () => 'opening its migration_version for reading failed', next: lookAt },
  'open-for-writing': { says: () => 'opening its migration_version for writing failed', next: lookAt },
  'no-sysfs': { says: (path) => `${path} is not on a sysfs, so no driver is behind it`, next: findMount },
  'no-write-counter': {
    says: (path) => `${path} cannot be read, so a short write could pass for a whole one`,
    next: findMount,
  },
  changed: {
    says: () => 'the mdev was removed or changed while it was asked',
    next: () => `migrate again; what this host has now: ${LIST}`,
  },
};

export const REASONS: Table = {
  'type-mismatch': {
    outcome: 'incompatible',
    sentence: (r) => `the mdev here has type ${q(r.destinationType)}, the source's has type ${q(r.sourceType)}`,
    remedy: (r) => `choose a destination with an mdev of type ${q(r.sourceType)}; what this host has: ${LIST}`,
  },
  'model-mismatch': {
    outcome: 'incompatible',
    sentence: (r) =>
      `the hostdev's model is ${r.model === null ? 'missing' : q(r.model)}, the device_api of type ${q(r.type)} here is ${q(r.deviceApi)}`,
    remedy: () => `choose a destination whose type has the guest's model; what this host has: ${LIST}`,
  },
  'destination-device-missing': {
    outcome: 'incompatible',
    sentence: (r) => {
      const missing = `no mdev ${r.uuid} on this host`;
      if (r.type === null) return missing;
      if (r.acceptingParent !== null) return `${missing}; parent ${q(r.acceptingParent)} would accept it`;
      if (r.offering === 0) return missing;
      if (r.unaskedParent !== null)
        return `${missing}; parent ${q(r.unaskedParent)} offers type ${q(r.type)}, and can be asked only once the mdev exists`;
      const parents = r.offering === 1 ? '1 parent offers' : `${String(r.offering)} parents offer`;
      const answer = r.refusing === r.offering ? 'none accepts' : 'none is known to accept';
      return `${missing}; ${parents} type ${q(r.type)}, ${answer} the source's version`;
    },
    remedy: (r) => {
      if (r.type === null) return `create it on this host first; parents and types: ${LIST}`;
      const parent = r.acceptingParent ?? r.unaskedParent;
      if (parent === null) return `choose another destination; what this host has: ${LIST}`;
      return `on this host: mdevctl start --uuid ${r.uuid} --parent ${shellWord(parent)} --type ${shellWord(r.type)}; then migrate again`;
    },
  },
  'destination-type-missing': {
    outcome: 'incompatible',
    sentence: (r) => `no mdev ${r.uuid} on this host, and no parent device here offers type ${q(r.type)}`,
    remedy: (r) => `choose a destination that offers type ${q(r.type)}; what this host has: ${LIST}`,
  },
  'no-available-instances': {
    outcome: 'incompatible',
    sentence: (r) =>
      `no mdev ${r.uuid} on this host; ${r.parents.map(q).join(', ')} would accept it but ${r.parents.length === 1 ? 'has' : 'have'} no available instance of type ${q(r.type)}`,
    remedy: (r) => `free an instance of type ${q(r.type)} or choose another destination; what is in use: ${LIST}`,
  },
  'source-not-migratable': {
    outcome: 'incompatible',
    sentence: (r) =>
      r.error === 'ENOENT'
        ? `the source's ${r.node} node had no migration_version: its driver does not support migration`
        : `reading migration_version at the source's ${r.node} node failed with ${q(r.error)}: its driver does not support migration`,
    remedy: () => `see what the driver offers, on the source host: ${LIST}`,
  },
  'destination-attribute-missing': {
    outcome: 'incompatible',
    sentence: (r) =>
      r.elsewhere
        ? `the source's version is of its ${r.node} node, and here migration_version is only at the other one: neither is offered to the other`
        : `no migration_version at the ${r.node} node here: this host's driver does not support migration`,
    remedy: () => `choose a destination whose driver has it; what this host has: ${LIST}`,
  },
  'destination-attribute-unreadable': {
    outcome: 'incompatible',
    sentence: (r) =>
      `reading migration_version here failed with ${describeErrno(r.errno)}: this type does not support migration`,
    remedy: () => `choose another destination; the driver's own words, on this host: dmesg | tail`,
  },
  'version-rejected': {
    outcome: 'incompatible',
    sentence: (r) => `the driver here rejects the source's version with ${describeErrno(r.errno)}`,
    remedy: () => `choose another destination or bring both drivers to one level; versions here: ${LIST}`,
  },
  unstamped: {
    outcome: 'undetermined',
    sentence: (r) =>
      r.otherDevices
        ? `the stamp in the guest's metadata says nothing of this device: it was made before the device was changed`
        : `the guest's metadata has no stamp, so the source's version is not known`,
    remedy: (_, guest) => stampAgain(guest),
  },
  'stamp-invalid': {
    outcome: 'undetermined',
    sentence: (r) => `the stamp in the guest's metadata is invalid: ${printable(r.problem)}`,
    remedy: (_, guest) => stampAgain(guest),
  },
  'destination-not-asked': {
    outcome: 'undetermined',
    sentence: (r) => {
      const why = NOT_ASKED[r.cause].says(printable(r.path));
      return `the driver here could not be asked: ${why}${r.errno === null ? '' : `: ${describeErrno(r.errno)}`}`;
    },
    remedy: (r) => NOT_ASKED[r.cause].next(shellWord(r.path)),
  },
  'short-write': {
    outcome: 'undetermined',
    sentence: (r) =>
      `the driver here took ${r.taken === null ? 'only some' : String(r.taken)} of the version's ${String(r.length)} bytes, which is no answer`,
    remedy: () => `report it to the driver's vendor; its own words, on this host: dmesg | tail`,
  },
  'deadline-exceeded': {
    outcome: 'undetermined',
    sentence: (r) => {
      if (r.waitingFor === null) return `the deadline passed before this device's turn`;
      const doing = { read: 'reading', write: 'writing', 'look-up': 'looking up' }[r.waitingFor.action];
      return `no answer before the deadline: ${doing} ${printable(r.waitingFor.path)}`;
    },
    remedy: () => `look for a stuck driver on this host: dmesg | tail; then migrate again`,
  },
};

/** Where a reason is explained. */
export function reasonPage(code: ReasonCode): string {
  return `docs/reasons.md#${code}`;
}

export interface ToldReason {
  readonly code: ReasonCode;
  readonly outcome: Exclude<Outcome, 'compatible'>;
  readonly sentence: string;
  readonly remedy: string;
  readonly errno: string | null;
  readonly path: string | null;
  readonly kernelLog: readonly string[];
}

/** What virsh shall call a domain: it takes a name like `1` for an id, and the name may differ on the two hosts. */
export function guestReference({ name, uuid }: Domain): string {
  return uuid ?? name ?? 'GUEST';
}

/** A reason in words. `guest` is guestReference's; null where the guest is restored from a file. */
export function tellReason(reason: Reason, guest: string | null): ToldReason {
  // TypeScript cannot see that a table indexed by a union's tag takes that very member.
  const entry = REASONS[reason.code] as unknown as Entry<Reason>;
  const waitingFor = reason.code === 'deadline-exceeded' ? reason.waitingFor : null;
  return {
    code: reason.code,
    outcome: entry.outcome,
    sentence: entry.sentence(reason),
    remedy: entry.remedy(reason, guest),
    errno: 'errno' in reason && reason.errno !== null ? errnoName(reason.errno) : null,
    path: 'path' in reason ? reason.path : (waitingFor?.path ?? null),
    kernelLog: reason.code === 'version-rejected' ? reason.kernelLog : [],
  };
}
