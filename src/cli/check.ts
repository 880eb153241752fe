// `mdev-preflight check FILE|-`
import { exemptionStanding } from '../exemption/standing.ts';
import { exitStatus } from '../judge/guest.ts';
import { judge } from '../preflight/guest.ts';
import { checkJson } from '../report/json.ts';
import { checkText } from '../report/text.ts';
import { type Call, UsageError } from './arguments.ts';
import { type Context, gatherGuest, readGuestFile, settingsOf } from './context.ts';

export async function check(call: Call, context: Context): Promise<number> {
  const [file, ...others] = call.words;
  if (file === undefined || others.length > 0) throw new UsageError('check takes one FILE, or - for standard input');
  const settings = settingsOf(call);
  const guest = readGuestFile(file, context);
  const verdict = judge(guest, await gatherGuest(guest, settings, true, context), context.host);
  const exemption = exemptionStanding(guest.exemption, context.now());
  if (call.json) context.terminal.out(`${JSON.stringify(checkJson(verdict, exemption, context.tool), null, 2)}\n`);
  else if (!call.quiet) context.terminal.out(checkText(verdict, exemption));
  return exitStatus(verdict.outcome);
}
