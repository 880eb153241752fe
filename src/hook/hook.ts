// The hook as a function of its call: who is asked, what is decided, what goes back to libvirt.
// The domain XML of `migrate` and `restore` holds passwords (VIR_DOMAIN_XML_SECURE): it goes nowhere
// but back, and nothing of it is told beyond names, UUIDs and addresses.
import type { Config, ConfigError } from '../config/config.ts';
import { decodeDocument } from '../domain-xml/document.ts';
import { type HostIdentity, VERSION_NODES } from '../model/stamp.ts';
import type { Operation } from '../model/verdict.ts';
import { UnusableInput } from '../model/xml.ts';
import type { Progress } from '../preflight/progress.ts';
import type { Found } from '../stamp/make.ts';
import { foundMdevs, type Guest, judge, readGuest, restamp } from '../preflight/guest.ts';
import { acceptance, accepts, plainRefusal, refusal } from './decide.ts';
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

export function configRefusal(error: ConfigError, file: string, name: string): HookReply {
  return plainRefusal(
    2,
    name,
    `the guest has mdevs, and the configuration cannot be used: ${file}: ${error.message}`,
    `correct it on this host: ${file}`,
  );
}

/** The reply once every driver was asked, or the deadline passed. */
export function concludeGuest(
  guest: Guest & Partial<Pick<HookGuest, 'document'>>,
  progress: readonly Progress[],
  config: Pick<Config, 'unstamped' | 'restamp'>,
  host: HostIdentity,
  now: Date,
  operation: Operation,
): HookReply {
  const verdict = judge(guest, progress, host);
  if (!accepts(verdict, config)) return refusal(verdict, operation);
  const { document } = guest;
  if (document === undefined || config.restamp === 'off') return acceptance(verdict, '');
  // What the stamp said of the host before must not stay, not even where there is nothing to put in its place.
  const found = foundMdevs(guest, progress).found.filter(hasVersion);
  if (found.length === 0 && document.stamps.length === 0) return acceptance(verdict, '');
  return acceptance(verdict, restamp(document, found, host, now));
}

// A device that was let through unstamped onto a driver without the attribute stays unstamped: a stamp
// that says so would refuse it on its next way, on which unstamped guests may still be let through.
function hasVersion({ look }: Found): boolean {
  return VERSION_NODES.some((node) => look.versions[node].state === 'read');
}

/** What is made of a reply where the first process never came to its own: never an acceptance. */
export function cutShort(reply: HookReply, name: string): HookReply {
  if (reply.status !== 0) return reply;
  const remedy = 'try again; if it stays so: mdev-preflight list';
  return plainRefusal(3, name, 'the check was ended before it could answer', remedy);
}
