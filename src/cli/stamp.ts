// `mdev-preflight stamp --xml FILE|-`
import { describeErrno } from '../model/errno.ts';
import type { DeviceFacts } from '../model/facts.ts';
import { printable, shellWord } from '../model/printable.ts';
import { VERSION_NODES } from '../model/stamp.ts';
import { foundMdevs, restamp } from '../preflight/guest.ts';
import type { Found } from '../stamp/make.ts';
import { type Call, UsageError } from './arguments.ts';
import { type Context, gatherGuest, readGuestFile, settingsOf } from './context.ts';

export async function stamp(call: Call, context: Context): Promise<number> {
  if (call.xml === undefined || call.words.length > 0)
    throw new UsageError('stamp takes --xml FILE, or --xml - for standard input');
  const settings = settingsOf(call);
  const guest = readGuestFile(call.xml, context);
  const { document } = guest;
  if (guest.cases.length === 0) {
    context.terminal.out(document.text);
    return 0;
  }
  const { found, missing } = foundMdevs(guest, await gatherGuest(guest, settings, false, context));
  const problems = [
    ...missing.map(({ it, facts }) => `${it.hostdev.uuid} ${whyMissing(facts)}`),
    ...found.flatMap((mdev) => unopened(mdev)),
  ];
  for (const problem of problems) context.terminal.err(`mdev-preflight: not stamped: mdev ${problem}\n`);
  if (problems.length > 0) return 3;
  context.terminal.out(restamp(document, found, context.host, context.now()));
  return 0;
}

function whyMissing({ look, waitingFor }: DeviceFacts): string {
  if (look?.kind === 'missing')
    return 'is not on this host; the stamp is made on the host where the guest runs. What is here: mdev-preflight list';
  if (look?.kind === 'unknown') return `cannot be looked up: ${printable(look.path)}: ${describeErrno(look.errno)}`;
  const where = waitingFor === null ? '' : `: ${printable(waitingFor.path)}`;
  return `gave no answer before the deadline${where}. Look for a stuck driver: dmesg | tail`;
}

// An attribute that this user may not open says nothing of the driver; stamped as an error it would
// tell the destination that the device cannot migrate.
function unopened({ hostdev, look }: Found): string[] {
  return VERSION_NODES.flatMap((node) => {
    const read = look.versions[node];
    if (read.state !== 'open-failed') return [];
    return [
      `${hostdev.uuid}: ${printable(read.path)} cannot be opened: ${describeErrno(read.errno)}. See who may: ls -lZ ${shellWord(read.path)}`,
    ];
  });
}
