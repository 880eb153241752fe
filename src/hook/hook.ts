// The hook as a function of its call: who is asked, what is decided, what goes back to libvirt.
// The domain XML of `migrate` and `restore` holds passwords (VIR_DOMAIN_XML_SECURE): it goes nowhere
// but back, and nothing of it is told beyond names, UUIDs and addresses.
import type { Config, ConfigError } from '../config/config.ts';
import { decodeDocument } from '../domain-xml/document.ts';
import type { DomainDocument } from '../domain-xml/domain.ts';
import { bareDocument } from '../domain-xml/splice.ts';
import { exemptionStanding } from '../exemption/standing.ts';
import type { MdevHostdev, StampReading } from '../model/domain.ts';
import { type HostIdentity, VERSION_NODES } from '../model/stamp.ts';
import type { Operation } from '../model/verdict.ts';
import { UnusableInput } from '../model/xml.ts';
import type { Progress } from '../preflight/progress.ts';
import type { Found } from '../stamp/make.ts';
import { casesOf, foundMdevs, type Guest, judge, readGuest, restamp } from '../preflight/guest.ts';
import { acceptance, accepts, exempted, plainRefusal, type Refusal, refusal } from './decide.ts';
import { type HookReply, SILENCE } from './reply.ts';

const CHECK_BY_HAND: Readonly<Record<Operation, string>> = {
  migrate:
    'save the XML (virsh dumpxml --migratable GUEST >guest.xml on the source host) and run: mdev-preflight check guest.xml',
  restore: 'save the XML (virsh save-image-dumpxml FILE >guest.xml) and run: mdev-preflight check guest.xml',
};

export type HookGuest = ReturnType<typeof readGuest>;

/** The guest, or the reply where there is nothing to ask: no mdev, or a document that cannot be used. */
export function readHookGuest(bytes: Buffer, name: string, operation: Operation): HookGuest | HookReply {
  try {
    const guest = readGuest(decodeDocument(bytes));
    return guest.cases.length === 0 ? SILENCE : guest;
  } catch (error) {
    if (!(error instanceof UnusableInput)) throw error;
    return plainRefusal(2, name, error.message, CHECK_BY_HAND[operation]);
  }
}

export function configRefusal(error: ConfigError, file: string, name: string): Refusal {
  return plainRefusal(
    2,
    name,
    `the guest has mdevs, and the configuration cannot be used: ${file}: ${error.message}`,
    `correct it on this host: ${file}`,
  );
}

/** A refusal before any driver was asked stands only where no exemption holds. */
export function unlessExempt(
  refused: Refusal,
  { document, domain, exemption }: HookGuest,
  config: Pick<Config, 'restamp'>,
  now: Date,
): HookReply {
  const handedBack = config.restamp === 'off' ? '' : bareDocument(document);
  return exempted(refused, domain, exemptionStanding(exemption, now), handedBack);
}

/** The reply once every driver was asked, or the deadline passed. */
export function concludeGuest(
  guest: HookGuest,
  progress: readonly Progress[],
  config: Pick<Config, 'unstamped' | 'restamp'>,
  host: HostIdentity,
  now: Date,
  operation: Operation,
): HookReply {
  const verdict = judge(guest, progress, host);
  const found = foundMdevs(guest, progress).found.filter(hasVersion);
  const handedBack = config.restamp === 'off' ? '' : restamped(guest.document, found, host, now);
  if (accepts(verdict, config)) return acceptance(verdict, handedBack);
  return exempted(refusal(verdict, operation), guest.domain, exemptionStanding(guest.exemption, now), handedBack);
}

// What the stamp said of the host before must not stay, not even where there is nothing to put in its place.
function restamped(document: DomainDocument, found: readonly Found[], host: HostIdentity, now: Date): string {
  if (found.length > 0 || document.stamps.length > 0) return restamp(document, found, host, now);
  return document.exemptions.length > 0 ? bareDocument(document) : '';
}

// A device that was let through unstamped onto a driver without the attribute stays unstamped: a stamp
// that says so would refuse it on its next way, on which unstamped guests may still be let through.
function hasVersion({ look }: Found): boolean {
  return VERSION_NODES.some((node) => look.versions[node].state === 'read');
}

/** What the process that asks tells before it asks, for the one that concludes where it never came to its reply. */
export interface Begun extends Pick<Guest, 'domain' | 'exemption'> {
  readonly hostdevs: readonly MdevHostdev[];
  /** Once for all of them: what it says of its host may be long, and they may be thousands. */
  readonly reading: StampReading;
  readonly operation: Operation;
  readonly config: Pick<Config, 'unstamped' | 'restamp'>;
  /** What goes back to libvirt on acceptance by exemption; null where none held, and where nothing goes back. */
  readonly document: string | null;
}

export function begin(guest: HookGuest, config: Begun['config'], operation: Operation, now: Date): Begun {
  const { domain, reading, exemption, document } = guest;
  const needed = config.restamp === 'hook' && exemptionStanding(exemption, now).state === 'holds';
  return {
    domain,
    hostdevs: document.hostdevs,
    reading,
    exemption,
    operation,
    config: { unstamped: config.unstamped, restamp: config.restamp },
    document: needed ? bareDocument(document) : null,
  };
}

/** The reply where the first process never came to its own: never an acceptance, but by an exemption. */
export function concludeCutShort(
  begun: Begun,
  progress: readonly Progress[],
  host: HostIdentity,
  now: Date,
): HookReply {
  const { domain, hostdevs, reading, exemption, operation, config, document } = begun;
  const verdict = judge({ domain, exemption, cases: casesOf(hostdevs, reading) }, progress, host);
  const refused = accepts(verdict, config) ? cutShort(domain.name ?? '') : refusal(verdict, operation);
  const standing = exemptionStanding(exemption, now);
  // It began to hold in the meantime, and the document is not here: the stamp of the host before would stay.
  if (standing.state === 'holds' && config.restamp === 'hook' && document === null) return refused;
  return exempted(refused, domain, standing, document ?? '');
}

function cutShort(name: string): Refusal {
  const remedy = 'try again; if it stays so: mdev-preflight list';
  return plainRefusal(3, name, 'the check was ended before it could answer', remedy);
}
