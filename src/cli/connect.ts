// The connection to libvirt that commands share.
import type { Libvirt, LibvirtFailure, ListedGuest } from '../libvirt/port.ts';
import { leadsElsewhere } from '../libvirt/local.ts';
import { printable } from '../model/printable.ts';
import { parseUuid } from '../model/uuid.ts';
import { type Call, UsageError } from './arguments.ts';
import type { Context } from './context.ts';

const DEFAULT_URI = 'qemu:///system';

/** libvirt did not do what was asked: exit status 3, or 2 where the URI is not of this host. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
}

/** Throws UsageError where the URI leads to another host: its guests' mdevs are not in this host's sysfs. */
export function uriOf(call: Call): string {
  const uri = call.connect ?? DEFAULT_URI;
  if (leadsElsewhere(uri)) throw refusal({ kind: 'elsewhere', text: uri }, uri);
  return uri;
}

/** A connection to this host's libvirt. Throws LibvirtError where there is none, UsageError as uriOf does. */
export async function connect(uri: string, context: Context): Promise<Libvirt> {
  const libvirt = await context.libvirt(uri);
  const connected = await libvirt.connects();
  if (!connected.ok) throw refusal(connected.failure, uri);
  return libvirt;
}

/** A failure that ends the command. */
export function refusal(failure: LibvirtFailure, uri: string): Error {
  const text = failureText(failure, uri);
  return failure.kind === 'elsewhere' ? new UsageError(text) : new LibvirtError(text);
}

/** What libvirt said, and what to do. */
export function failureText({ kind, text }: LibvirtFailure, uri: string): string {
  const said = printable(text);
  switch (kind) {
    case 'no-virsh':
      return 'virsh is not on PATH; it is in the package libvirt-clients (Debian) or libvirt-client (Fedora)';
    case 'unreachable':
      return `libvirt cannot be reached at ${printable(uri)}: ${said}. See: systemctl status libvirtd virtqemud`;
    case 'elsewhere':
      return `the connection ${said} leads to another host, whose mdevs are not in this host's sysfs; run it there`;
    case 'no-guest':
      return 'it does not run (any more)';
    case 'busy':
      return `${said}; try again when that has ended: virsh domjobinfo GUEST`;
    case 'failed':
      return said;
  }
}

/** The guest that a word of the command line means: its UUID or its name, never its id. */
export function findGuest(word: string, guests: readonly ListedGuest[]): ListedGuest | undefined {
  const uuid = parseUuid(word);
  return guests.find((guest) => guest.uuid === uuid) ?? guests.find((guest) => guest.name === word);
}
