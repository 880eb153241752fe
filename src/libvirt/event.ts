// A line of `virsh event --all --loop --timestamp` (libvirt, tools/virsh-domain-event.c, virshEventPrint):
//
//   2026-11-22 10:34:36.321+0000: event 'lifecycle' for domain 'desktop-7': Started Booted
//
// It names the guest by its name, which may hold quotes, colons and line ends: what is read here is a
// hint which guest to look at, never a fact about it.
import type { GuestEvent } from './port.ts';

const LINE = /^\S+ \S+: event '([a-z-]+)' for domain '(.*)': (.*)$/;

/** Null for a line that is no event. */
export function parseEvent(line: string): GuestEvent | null {
  const [, kind, name, detail] = LINE.exec(line) ?? [];
  if (kind !== undefined && name !== undefined && detail !== undefined) return { kind, name, detail };
  // A line end in the name cut the line.
  const cut = /^\S+ \S+: event '([a-z-]+)'/.exec(line)?.[1];
  return cut === undefined ? null : { kind: cut, name: null, detail: '' };
}
