// What every command needs, gathered once.
import { type Config, ConfigError } from '../config/config.ts';
import { loadConfig, sysfsRootProblem } from '../config/load.ts';
import type { HostIdentity } from '../model/stamp.ts';
import type { Progress } from '../preflight/progress.ts';
import type { Tool } from '../report/json.ts';
import { decodeDocument } from '../domain-xml/document.ts';
import { type Guest, readGuest } from '../preflight/guest.ts';
import { UnusableInput } from '../model/xml.ts';
import type { Libvirt } from '../libvirt/port.ts';
import type { StampingPorts } from '../preflight/stamping.ts';
import { type Call, UsageError } from './arguments.ts';
import type { RunGather } from './gather-process.ts';
import type { Terminal } from './terminal.ts';

/** What every call has, also one that is for help alone. */
export interface Front {
  readonly terminal: Terminal;
  readonly tool: Tool;
}

export interface Context extends Front {
  readonly run: RunGather;
  readonly host: HostIdentity;
  readonly now: () => Date;
  /** One line for the journal: best effort, not waited for. */
  readonly journal: (line: string, priority: 'info' | 'warning') => void;
  /** A connection to libvirt; `signal` ends what is under way on it. */
  readonly libvirt: (uri: string, signal?: AbortSignal) => Promise<Libvirt>;
  /** What `doctor` examines: the machine below this root directory, and with which right, by this program's own dist/. */
  readonly installation: { readonly root: string; readonly bundles: string; readonly superuser: boolean };
  /** Who runs this, for the log. */
  readonly user: () => string;
  /** Aborts when the process is told to end (SIGTERM, SIGINT, SIGHUP), which from now on does not end it by itself. */
  readonly ended: () => AbortSignal;
}

export interface Settings {
  readonly config: Config;
  readonly sysfsRoot: string;
}

/** Throws ConfigError; UsageError where a sysfs root that the call names is not there. */
export function settingsOf(call: Call): Settings {
  const config = loadConfig(call.config);
  const sysfsRoot = call.sysfsRoot ?? config.sysfsRoot;
  const problem = sysfsRootProblem(sysfsRoot);
  if (problem === null) return { config, sysfsRoot };
  // Whoever is to blame is named: the file, as the hook names it, or the call.
  if (call.sysfsRoot === undefined) throw new ConfigError(`sysfs_root '${sysfsRoot}' ${problem}`);
  throw new UsageError(`the sysfs root '${sysfsRoot}' ${problem}`);
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Throws UnusableInput, also where the file cannot be read. */
export function readGuestFile(file: string, { terminal }: Context): ReturnType<typeof readGuest> {
  let bytes: Buffer;
  try {
    bytes = terminal.read(file);
  } catch (error) {
    throw new UnusableInput(`${file} cannot be read: ${errorCode(error)}`);
  }
  return readGuest(decodeDocument(bytes));
}

/** Looks the guest's mdevs up, and asks their drivers; ends by the deadline, whatever they do. */
export async function gatherGuest(
  guest: Guest,
  settings: Settings,
  ask: boolean,
  context: Context,
): Promise<readonly Progress[]> {
  if (guest.cases.length === 0) return [];
  const { config, sysfsRoot } = settings;
  const { kernelLog } = config;
  const { steps } = await context.run({
    what: 'guest',
    sysfsRoot,
    cases: guest.cases,
    ask,
    kernelLog,
    milliseconds: timeLeft(config),
  });
  return steps as Progress[];
}

/** Milliseconds until the deadline. The clock started with the process. */
export function timeLeft({ deadlineSeconds }: Config): number {
  return Math.max(deadlineSeconds * 1000 - process.uptime() * 1000, 100);
}

/**
 * What it takes to stamp running guests. Each guest has the whole deadline: one that is stuck must not cost the
 * others theirs. Where a driver holds the process of the look before, even against SIGKILL, no other is sent after
 * it: they would pile up until it answers.
 */
export function stampingPorts(
  libvirt: Libvirt,
  { config, sysfsRoot }: Settings,
  context: Context,
  signal?: AbortSignal,
): StampingPorts {
  const milliseconds = config.deadlineSeconds * 1000;
  const held = new Map<string, readonly Progress[]>();
  return {
    libvirt,
    host: () => context.host,
    now: context.now,
    look: async ({ cases }) => {
      const mdevs = cases.map(({ hostdev }) => hostdev.uuid).join();
      const before = held.get(mdevs);
      if (before !== undefined) return before;
      const request = { what: 'guest', sysfsRoot, cases, ask: false, kernelLog: false, milliseconds } as const;
      const { steps, complete, gone } = await context.run(request, signal);
      // What was cut short must not be taken for a driver that gave no answer.
      if (signal?.aborted === true) return null;
      const progress = steps as readonly Progress[];
      if (!complete) {
        held.set(mdevs, progress);
        void gone.then(() => held.delete(mdevs));
      }
      return progress;
    },
  };
}
