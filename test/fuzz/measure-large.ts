// node build/measure-large.cjs BYTES [KIND]...: what documents of that size, hostile in one way each, cost the hook as
// functions, in a JSON object a line. Time is that of the clock, or the
// processor's where that is less: the machine may be busy, and V8 compiles beside what runs.
import { DEFAULT_CONFIG } from '../../src/config/config.ts';
import { begin, concludeGuest, readHookGuest } from '../../src/hook/hook.ts';
import { frameReply, type HookReply } from '../../src/hook/reply.ts';
import { gather } from '../../src/preflight/gather.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { DESTINATION } from './host.ts';
import { LARGE_WITH_MDEV } from './large.ts';

const HOST = { name: DESTINATION.name, id: null };

/** The hook's way, and how many characters it puts on its pipe. */
function answer(bytes: Buffer): { readonly reply: HookReply; readonly piped: number } {
  const guest = readHookGuest(bytes, 'desktop-7', 'migrate');
  if ('status' in guest) return { reply: guest, piped: frameReply(guest).length };
  let piped = JSON.stringify(begin(guest, DEFAULT_CONFIG, 'migrate', new Date())).length;
  const progress: Progress[] = [];
  gather(simulatedSysfs(DESTINATION), guest.cases, { ask: true, kernelLog: true, expired: () => false }, (step) => {
    progress.push(step);
    piped += JSON.stringify(step).length;
  });
  const reply = concludeGuest(guest, progress, DEFAULT_CONFIG, HOST, new Date(), 'migrate');
  return { reply, piped: piped + frameReply(reply).length };
}

const [size, ...wanted] = process.argv.slice(2);
const kinds = wanted.length > 0 ? wanted : Object.keys(LARGE_WITH_MDEV);
for (const kind of kinds) {
  const make = LARGE_WITH_MDEV[kind];
  if (make === undefined) throw new Error(`there is no '${kind}'`);
  const bytes = Buffer.from(make(Number(size)));
  const [before, begun] = [process.cpuUsage(), performance.now()];
  const { reply, piped } = answer(bytes);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = Math.round(Math.min((user + system) / 1000, performance.now() - begun));
  process.stdout.write(`${JSON.stringify({ kind, milliseconds, bytes: bytes.length, piped, status: reply.status })}\n`);
}
