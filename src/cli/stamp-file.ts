// `mdev-preflight stamp --xml FILE|-`: the stamp put into a document, without libvirt.
import { foundMdevs, restamp } from '../preflight/guest.ts';
import { whyMissing, whyUnopened } from '../report/not-stamped.ts';
import { type Call, UsageError } from './arguments.ts';
import { type Context, gatherGuest, readGuestFile, settingsOf } from './context.ts';

export async function stampFile(file: string, call: Call, context: Context): Promise<number> {
  if (call.words.length > 0 || call.all || call.follow || call.connect !== undefined || call.json || call.quiet)
    throw new UsageError('stamp --xml takes one FILE, or - for standard input, and talks to no libvirt');
  const settings = settingsOf(call);
  const guest = readGuestFile(file, context);
  const { document } = guest;
  if (guest.cases.length === 0) {
    context.terminal.out(document.text);
    return 0;
  }
  const { found, missing } = foundMdevs(guest, await gatherGuest(guest, settings, false, context));
  const problems = [
    ...missing.map(({ it, facts }) => whyMissing(it.hostdev.uuid, facts)),
    ...found.flatMap(({ hostdev, look }) => whyUnopened(hostdev.uuid, look)),
  ];
  for (const problem of problems) context.terminal.err(`mdev-preflight: not stamped: ${problem}\n`);
  if (problems.length > 0) return 3;
  context.terminal.out(restamp(document, found, context.host, context.now()));
  return 0;
}
