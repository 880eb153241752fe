// The program behind hooks/qemu, bundled into one file. Two modes:
//
//   hook.cjs answer NAME OPERATION SUB-OPERATION EXTRA    domain XML on standard input
//   hook.cjs conclude                                     what the first one told, on standard input
//
// `answer` touches sysfs, and a driver may hold it forever, even against SIGKILL. So libvirt never waits
// for it: hooks/qemu does, and gives up at the deadline `answer` names. What was learnt until then
// stands on the pipe between the two, and `conclude` makes the reply of it: a refusal, or an acceptance by
// exemption.
//
// On standard output: a line "SECONDS PID", a line of JSON for each step, and the framed reply.
// Only `put` writes there.
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { type Config, ConfigError, DEFAULT_CONFIG } from './config/config.ts';
import { DEFAULT_CONFIG_FILE, loadConfig, sysfsRootProblem } from './config/load.ts';
import { thisHost } from './host/identity.ts';
import {
  begin,
  type Begun,
  concludeCutShort,
  concludeGuest,
  configRefusal,
  readHookGuest,
  unlessExempt,
} from './hook/hook.ts';
import { frameReply, type HookReply } from './hook/reply.ts';
import type { Operation } from './model/verdict.ts';
import { gather } from './preflight/gather.ts';
import type { Progress } from './preflight/progress.ts';
import { kernelSysfs } from './sysfs/kernel-io.ts';

// What is told with the next line that cannot wait: each write wakes those who read it.
let untold = '';

function put(text: string): void {
  let rest = Buffer.from(untold + text);
  untold = '';
  while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
}

// Seconds; the little that is left where less would be.
const LEAST_TIME = 0.2;
// How long after its own deadline the process may still be about to reply: not stuck, only slow.
const GRACE = 0.3;

function answer(name: string, operation: Operation): HookReply {
  // The first line goes out before anything that could keep us waiting.
  const config = configuration();
  const seconds = config instanceof ConfigError ? DEFAULT_CONFIG.deadlineSeconds : config.deadlineSeconds;
  // The clock started with the process. Should this one be given up, `conclude` must still start, and
  // that takes about as long as this start took: 40 ms, or 2 s on an emulated machine.
  const started = process.uptime();
  const deadline = Math.max(seconds - started, started + LEAST_TIME);
  put(`${(deadline - started + GRACE).toFixed(3)} ${String(process.pid)}\n`);

  const guest = readHookGuest(readFileSync(0), name, operation);
  if ('status' in guest) return guest;
  const unusable = (error: ConfigError): HookReply => {
    const { restamp } = config instanceof ConfigError ? DEFAULT_CONFIG : config;
    return unlessExempt(configRefusal(error, DEFAULT_CONFIG_FILE, name), guest, { restamp }, new Date());
  };
  if (config instanceof ConfigError) return unusable(config);
  const { kernelLog, sysfsRoot } = config;
  put(`${JSON.stringify(begin(guest, config, operation, new Date()))}\n`);
  const problem = sysfsRootProblem(sysfsRoot);
  if (problem !== null) return unusable(new ConfigError(`sysfs_root '${sysfsRoot}' ${problem}`));

  const progress: Progress[] = [];
  const options = { ask: true, kernelLog, expired: () => process.uptime() >= deadline };
  gather(kernelSysfs(sysfsRoot), guest.cases, options, (step) => {
    progress.push(step);
    untold += `${JSON.stringify(step)}\n`;
    // This one may be the last.
    if ('waiting' in step) put('');
  });
  return concludeGuest(guest, progress, config, thisHost(), new Date(), operation);
}

// What is wrong with it concerns guests with mdevs only, and whether this is one is not known yet.
function configuration(): Config | ConfigError {
  try {
    return loadConfig(undefined);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function conclude(): HookReply {
  const [first = '', ...lines] = readFileSync(0, 'utf8').split('\n');
  // Where this line was cut, no guest was read: that throws, and no reply is a refusal.
  const begun = JSON.parse(first) as Begun;
  const progress = lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Progress];
    } catch {
      // The last line may have been cut.
      return [];
    }
  });
  return concludeCutShort(begun, progress, thisHost(), new Date());
}

const [mode, name = '', operation] = process.argv.slice(2);
put(frameReply(mode === 'conclude' ? conclude() : answer(name, operation === 'restore' ? 'restore' : 'migrate')));
// Whoever waits for the end of the reply need not wait for the end of Node as well: 4 ms.
closeSync(1);
