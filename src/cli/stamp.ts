// `mdev-preflight stamp`: a file, some guests, all guests, or all of them for as long as it runs.
import { type Call, UsageError } from './arguments.ts';
import type { Context } from './context.ts';
import { followGuests } from './follow.ts';
import { stampFile } from './stamp-file.ts';
import { stampGuests } from './stamp-guests.ts';

export function stamp(call: Call, context: Context): Promise<number> {
  if (call.xml !== undefined) return stampFile(call.xml, call, context);
  if (call.all === call.words.length > 0) throw new UsageError('stamp takes guests, or --all, or --xml FILE');
  if (!call.follow) return stampGuests(call, context);
  if (!call.all) throw new UsageError('--follow takes --all: it keeps the stamps of all running guests');
  if (call.json || call.quiet) throw new UsageError('--follow logs, and takes neither --json nor --quiet');
  return followGuests(call, context);
}
