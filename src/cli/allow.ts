// `mdev-preflight allow DOMAIN --for DURATION --reason TEXT`: lets one guest through the gate, for a while.
import { writeExemption } from '../exemption/element.ts';
import type { Libvirt, Libvirts } from '../libvirt/port.ts';
import { type Exemption, EXEMPTION_METADATA, LONGEST_EXEMPTION_SECONDS } from '../model/exemption.ts';
import { printable } from '../model/printable.ts';
import type { Uuid } from '../model/uuid.ts';
import { readGuest } from '../preflight/guest.ts';
import { stampGuest } from '../preflight/stamping.ts';
import { type Call, UsageError } from './arguments.ts';
import { connect, findGuest, LibvirtError, refusal, uriOf } from './connect.ts';
import { type Context, settingsOf, stampingPorts } from './context.ts';

const LONGEST_REASON = 300;

export async function allow(call: Call, context: Context): Promise<number> {
  const [word, ...others] = call.words;
  if (word === undefined || others.length > 0) throw new UsageError('allow takes one guest');
  const seconds = parseDuration(call.for);
  const reason = parseReason(call.reason);
  const uri = uriOf(call);
  const libvirt = await connect(uri, context);
  const must = <T>(result: Libvirts<T>): T => {
    if (!result.ok) throw refusal(result.failure, uri);
    return result.value;
  };
  const running = findGuest(word, must(await libvirt.guests('running')));
  const guest = running ?? findGuest(word, must(await libvirt.guests('all')));
  if (guest === undefined)
    throw new UsageError(`there is no guest '${word}' here, by name or UUID; see virsh list --all`);
  const name = `guest '${printable(guest.name)}' (${guest.uuid})`;
  // A running guest migrates with its live definition, one that is shut off with its persistent one.
  const where = running === undefined ? 'config' : 'live';
  const read = async (): Promise<ReturnType<typeof readGuest>> => {
    const found = readGuest(must(await libvirt.xml(guest.uuid, where === 'live' ? 'current' : 'config')));
    // virsh takes a guest's name for a UUID where it looks like one, and no guest has that UUID.
    if (found.domain.uuid !== guest.uuid) throw new UsageError(`${name} is gone; see virsh list --all`);
    return found;
  };
  if ((await read()).cases.length === 0) {
    context.terminal.out(`${name} has no mdev: there is nothing to exempt it from\n`);
    return 0;
  }
  if (where === 'config' && findGuest(guest.uuid, must(await libvirt.guests('saved'))) !== undefined)
    throw new UsageError(
      `${name} has a managed save, which is restored with the metadata it was saved with; how to exempt that is in docs/exemption.md`,
    );
  if (where === 'live') await bringUpToDate(guest.uuid, libvirt, uri, call, context);
  const exemption = makeExemption(seconds, reason, context);
  const { until } = exemption;
  const takeBack = `virsh metadata --domain ${guest.uuid} --uri ${EXEMPTION_METADATA.uri} --remove --${where}`;
  // Before anything else, so that none stands without its line in the journal.
  context.journal(grantLine(name, exemption), 'warning');
  must(await libvirt.setMetadata(guest.uuid, where, EXEMPTION_METADATA, writeExemption(exemption)));
  try {
    const now = (await read()).exemption;
    if (now.kind !== 'exemption' || now.exemption.until !== until)
      throw new LibvirtError("the exemption does not stay: something else changes the guest's metadata");
  } catch (error) {
    await libvirt.setMetadata(guest.uuid, where, EXEMPTION_METADATA, null);
    const why = error instanceof Error ? error.message : String(error);
    throw new LibvirtError(`${name}: not granted: ${why}. To be sure that none stands there: ${takeBack}`);
  }
  context.terminal
    .out(`${name}: exempted until ${until}, then no more. Until then the hook lets it through, whatever the
destination's drivers say, and logs that there. To take it back before:
  ${takeBack}
`);
  return 0;
}

// A fresh stamp ends an exemption, and the following service would make one at once for a guest whose stamp is
// not current: so it is made before.
async function bringUpToDate(uuid: Uuid, libvirt: Libvirt, uri: string, call: Call, context: Context): Promise<void> {
  const stamping = await stampGuest(uuid, stampingPorts(libvirt, settingsOf(call), context), true);
  if (stamping.state === 'failed') throw refusal(stamping.failure, uri);
}

/** What the journal of this host gets. `name`: the guest, in words. */
export function grantLine(name: string, { by, until, reason }: Exemption): string {
  return `granting an exemption: ${name} until ${until} by '${printable(by)}': '${printable(reason)}'`;
}

function makeExemption(seconds: number, reason: string, { host, now, user }: Context): Exemption {
  const begin = now().getTime();
  const time = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
  return { by: `${user()}@${host.name}`, from: time(begin), until: time(begin + seconds * 1000), reason };
}

function parseDuration(text: string | undefined): number {
  const [, count, unit] = /^(\d{1,5})(s|m|h)$/.exec(text ?? '') ?? [];
  const seconds = Number(count) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
  if (!(seconds > 0 && seconds <= LONGEST_EXEMPTION_SECONDS))
    throw new UsageError('allow takes --for DURATION: 90s, 10m, 2h; at most 24h');
  return seconds;
}

function parseReason(text: string | undefined): string {
  const reason = text?.trim() ?? '';
  if (reason === '' || Buffer.byteLength(reason) > LONGEST_REASON)
    throw new UsageError(
      `allow takes --reason TEXT, at most ${String(LONGEST_REASON)} bytes: it is logged on both hosts`,
    );
  return reason;
}
