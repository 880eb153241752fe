// What `doctor` knows before it judges.
import type { Config } from '../config/config.ts';
import type { Confinement } from '../gate/confinement.ts';
import type { HookProgram, OwnFiles } from '../gate/hook-program.ts';
import type { HookFiles } from '../gate/hooks.ts';
import type { Processes } from '../gate/processes.ts';
import type { Exposure, FoundProgram } from '../gate/search-path.ts';
import type { Unit } from '../gate/systemd.ts';
import type { Libvirts, ListedGuest, Versions } from '../libvirt/port.ts';
import type { readGuest } from '../preflight/guest.ts';
import type { Inspection } from '../preflight/stamping.ts';

export interface Facts {
  readonly now: Date;
  /** Run as root. */
  readonly superuser: boolean;
  readonly own: OwnFiles;
  readonly hooks: HookFiles;
  /** What our hook starts; null where there is no hook of ours. */
  readonly program: HookProgram | null;
  readonly confinement: Confinement;
  readonly processes: Processes;
  /** What systemd says of libvirt's daemons; null where it does not run here, or does not answer. */
  readonly units: readonly Unit[] | null;
  /** One for each PATH and AppArmor profile that a hook may get. */
  readonly searchPaths: readonly SearchPath[];
  /** One for each of these that is not exposed; none where no hook of ours can be run. */
  readonly selfTests: readonly SelfTest[];
  readonly config: ConfigFacts;
  readonly libvirt: Libvirts<Versions>;
  readonly guests: Libvirts<GuestFacts>;
  /** How many devices of this host can have mdevs. */
  readonly parents: number;
}

/** What the hook starts, or what it starts with. */
export const PROGRAMS = ['sh', 'tr', 'node', 'timeout', 'cat', 'awk', 'logger'] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export interface SearchPath {
  readonly path: string;
  /** Whose it is; null: of no daemon, but the usual one. */
  readonly daemon: string | null;
  /** False: it could not be read, and the usual one was taken for it. */
  readonly known: boolean;
  /** The AppArmor profile under which programs were run with it, as the hook is; null: under none. */
  readonly profile: string | null;
  /** What others than root may change on it: then nothing is run with it. */
  readonly exposure: Exposure | null;
  readonly programs: Readonly<Record<ProgramName, FoundProgram | null>>;
  /** What `node --version` said; null where there is no node, or it was not run. */
  readonly nodeVersion: Ended | null;
}

/** How a process that was run ended. */
export interface Ended {
  /** Null: it did not start, or was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no status. */
  readonly problem: string | null;
}

export interface SelfTest {
  readonly hook: string;
  readonly path: string;
  /** `migrate begin` of a guest with an mdev that no host has. */
  readonly withMdev: Ended;
  /** `reconnect begin` of the same guest. */
  readonly reconnect: Ended;
  /** `migrate begin` of a guest without mdevs. */
  readonly withoutMdev: Ended;
}

export type ConfigFacts = { readonly file: string } & (
  { readonly config: Config; readonly problem: null } | { readonly config: null; readonly problem: string }
);

type ReadGuest = ReturnType<typeof readGuest>;

export interface GuestFacts {
  readonly running: readonly { readonly guest: ListedGuest; readonly inspection: Inspection }[];
  /** The definitions that stay, as the next start sees them; null where one could not be read. */
  readonly persistent: readonly { readonly guest: ListedGuest; readonly definition: ReadGuest | null }[];
}
