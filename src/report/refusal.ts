// The hook's words. libvirt shows standard error to whoever called `virsh migrate`, often in one line of a
// manager's window, and before 7.2 cuts it at about 600 bytes: the first line stands alone.
import type { Reason } from '../model/reason.ts';
import type { DeviceVerdict, Operation, Verdict } from '../model/verdict.ts';
import { printable, printableVersion } from '../model/printable.ts';
import { guestReference, tellReason } from '../model/reasons.ts';
import { clip, clipBytes, clipPrintable } from './clip.ts';

const LINE_LIMIT = 600;
const REMEDY_LIMIT = 240;
// What everything else makes room for: whose migration it was.
const GUEST_ROOM = 32;
const DEVICES_TOLD = 8;
const PROGRAM = 'mdev-preflight';

/** What stands on standard error for a refused guest: a line for each refused device, a count, the drivers' own words. */
export function refusalText({ domain, host, devices }: Verdict, operation: Operation): string {
  const reference = operation === 'restore' ? null : guestReference(domain);
  const guest = domain.name ?? '';
  const refused = devices.filter(({ outcome }) => outcome !== 'compatible');
  const lines = refused.slice(0, DEVICES_TOLD).map((device) => deviceLine(guest, reference, host.name, device));
  if (refused.length > DEVICES_TOLD)
    lines.push(
      `${PROGRAM}: ${String(refused.length - DEVICES_TOLD)} more refused mdevs of guest '${clipPrintable(guest, 64)}' are not shown`,
    );
  const log = refused
    .slice(0, DEVICES_TOLD)
    .flatMap(({ reasons }) => reasons.flatMap((reason) => tellReason(reason, '').kernelLog));
  for (const line of new Set(log))
    lines.push(clipBytes(`${PROGRAM}: kernel log, possibly related: ${printable(line)}`, LINE_LIMIT));
  return lines.map((line) => `${line}\n`).join('');
}

/** One line for a refusal that is about no single device: unusable input, unusable configuration. */
export function refusalLine(guest: string, problem: string, remedy: string): string {
  return `${clipBytes(`${PROGRAM}: refused: guest '${clipPrintable(guest, 64)}': ${clipPrintable(problem, 300)}. Next: ${remedy}`, LINE_LIMIT)}\n`;
}

/** One more line, where an exemption was granted and does not count. */
export function voidExemptionLine(why: string): string {
  return `${PROGRAM}: the exemption in the guest's metadata does not hold: ${clipPrintable(why, 500)}\n`;
}

// Versions may have 4096 bytes, names 255: the most that fits is shown, in ever shorter pieces. What was asked,
// what was answered and what to do stay whole.
function deviceLine(guest: string, reference: string | null, host: string, device: DeviceVerdict): string {
  const [first, ...others] = device.reasons;
  if (first === undefined) throw new Error('a refused device without a reason');
  // Once: its names are whole, and may be long.
  const remedy = wholeRemedy(tellReason(first, reference).remedy);
  const compose = (room: number): string => composeLine(guest, host, device, { first, others, remedy }, room);
  for (const room of [240, 120, 80, 56, 40, 28, 20, 12]) {
    const line = compose(room);
    if (Buffer.byteLength(line) <= LINE_LIMIT) return line;
  }
  return clipBytes(compose(8), LINE_LIMIT);
}

function composeLine(
  guest: string,
  host: string,
  { hostdev, source, destination }: DeviceVerdict,
  { first, others, remedy }: { readonly first: Reason; readonly others: readonly Reason[]; readonly remedy: string },
  room: number,
): string {
  const { code, sentence } = tellReason(shortened(first, room), '');
  const short = (text: string): string => clipPrintable(text, room);
  const version = (bytes: string | null): string =>
    bytes === null ? 'no version' : `version '${clip(printableVersion(bytes), room)}'`;
  const where = hostdev.guestAddress === null ? '' : ` at ${short(hostdev.guestAddress)}`;
  const from =
    source === null ? '' : `; source '${short(source.host)}': type '${short(source.type)}' ${version(source.version)}`;
  const to =
    destination === null
      ? `; destination '${short(host)}'`
      : `; destination '${short(host)}': parent '${short(destination.parent)}' ${version(destination.version)}`;
  const more = others.length === 0 ? '' : ` (also ${others.map((reason) => reason.code).join(', ')})`;
  const whose = clipPrintable(guest, Math.max(room, GUEST_ROOM));
  return `${PROGRAM}: refused: guest '${whose}', mdev ${hostdev.uuid}${where}: ${code}: ${sentence}${more}${from}${to}. Next: ${remedy}`;
}

// A command with a shortened name in it would be typed in vain.
function wholeRemedy(remedy: string): string {
  return Buffer.byteLength(remedy) <= REMEDY_LIMIT
    ? remedy
    : 'too long for this line; on this host: mdev-preflight check guest.xml';
}

// The words a reason carries, each at most `room` bytes long; more for a path, which is what to look at.
function shortened(reason: Reason, room: number): Reason {
  const shorten = (value: unknown, key: string): unknown => {
    if (typeof value === 'string')
      return key === 'code' || key === 'uuid'
        ? value
        : clipPrintable(value, key === 'path' ? Math.max(3 * room, 160) : room);
    if (Array.isArray(value)) return value.map((item: unknown) => shorten(item, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shorten(item, name)]));
    return value;
  };
  return shorten(reason, '') as Reason;
}
