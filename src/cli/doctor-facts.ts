// Gathers what `doctor` judges: files, processes, what libvirt says, and how the hook does when it is run.
import { type Config, ConfigError, DEFAULT_CONFIG } from '../config/config.ts';
import { DEFAULT_CONFIG_FILE, loadConfig, sysfsRootProblem } from '../config/load.ts';
import { daemonName } from '../doctor/daemons.ts';
import type { ConfigFacts, Facts, ProgramName, SearchPath } from '../doctor/facts.ts';
import { PROGRAMS } from '../doctor/facts.ts';
import { gateHook, runs } from '../doctor/hooks.ts';
import { type Confinement, readConfinement } from '../gate/confinement.ts';
import { below } from '../gate/files.ts';
import { readHookProgram, readOwnFiles } from '../gate/hook-program.ts';
import { readHooks } from '../gate/hooks.ts';
import { type Processes, readProcesses } from '../gate/processes.ts';
import { findExposure, type FoundProgram, findProgram } from '../gate/search-path.ts';
import { parseUnits, type Unit, UNIT_QUERY } from '../gate/systemd.ts';
import type { SurveyStep } from '../preflight/survey.ts';
import { type Call, UsageError } from './arguments.ts';
import { uriOf } from './connect.ts';
import type { Context, Settings } from './context.ts';
import { askLibvirt } from './doctor-guests.ts';
import { runProgram } from './run-program.ts';
import { testHook } from './self-test.ts';

export async function gatherFacts(call: Call, context: Context): Promise<Facts> {
  const uri = uriOf(call);
  const { config, settings } = settingsAndConfig(call);
  const { root, bundles, superuser } = context.installation;
  const now = context.now();
  const own = readOwnFiles(bundles);
  const hooks = readHooks(root, own.script.bytes);
  const processes = readProcesses(root, now);
  const hook = gateHook(hooks);
  const tested = hook !== null && runs(hook) ? hook : hooks.files.find((file) => file.ours === true && runs(file));
  const confinement = readConfinement(root);
  const paths = searchPathsOf(processes, confinement).map((it) => ({
    ...it,
    exposure: findExposure(root, it.path, PROGRAMS),
  }));
  // Whoever runs this is root: what others may change is told, and not run.
  const safe = paths.filter(({ exposure }) => exposure === null);
  const [units, searchPaths, selfTests, asked, parents] = await Promise.all([
    readUnits(),
    Promise.all(paths.map((it) => programsOn(it, root))),
    tested === undefined ? [] : Promise.all(safe.map((it) => testHook(below(root, tested.path), tested.path, it))),
    askLibvirt(uri, settings, context),
    countParents(settings, context),
  ]);
  const program = hook === null ? null : readHookProgram(root, hook.path, own.program);
  const found = { now, superuser, own, hooks, program, confinement, processes, units, searchPaths, selfTests };
  return { ...found, config, parents, ...asked };
}

/** Settings to look with, where the configuration cannot be used: the defaults. */
function settingsAndConfig(call: Call): { readonly config: ConfigFacts; readonly settings: Settings } {
  const file = call.config ?? DEFAULT_CONFIG_FILE;
  const read = configOf(call.config);
  const usable = read instanceof ConfigError ? DEFAULT_CONFIG : read;
  const sysfsRoot = call.sysfsRoot ?? usable.sysfsRoot;
  const problem = sysfsRootProblem(sysfsRoot);
  if (problem !== null && call.sysfsRoot !== undefined)
    throw new UsageError(`the sysfs root '${sysfsRoot}' ${problem}`);
  const settings = { config: usable, sysfsRoot: problem === null ? sysfsRoot : DEFAULT_CONFIG.sysfsRoot };
  if (read instanceof ConfigError) return { config: { file, config: null, problem: read.message }, settings };
  if (problem !== null)
    return { config: { file, config: null, problem: `sysfs_root '${sysfsRoot}' ${problem}` }, settings };
  return { config: { file, config: read, problem: null }, settings };
}

function configOf(file: string | undefined): Config | ConfigError {
  try {
    return loadConfig(file);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

type PathOfDaemon = Pick<SearchPath, 'path' | 'daemon' | 'known' | 'profile'>;
type JudgedPath = PathOfDaemon & Pick<SearchPath, 'exposure'>;

// What is put there where nothing else is known: less than systemd's own, which has /usr/local as well.
const USUAL_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

function searchPathsOf({ daemons }: Processes, confinement: Confinement): PathOfDaemon[] {
  const paths = new Map<string, PathOfDaemon>();
  for (const daemon of daemons) {
    if (daemon.kind !== 'system' || daemon.hooks === 'others') continue;
    // That of one which may be in a container is the container's to choose.
    const its = daemon.hooks === 'these' ? daemon.path : undefined;
    const path = its ?? USUAL_PATH;
    const { profile } = daemon;
    const key = `${path}\0${profile ?? ''}`;
    if (!paths.has(key)) paths.set(key, { path, daemon: daemonName(daemon), known: its !== undefined, profile });
  }
  // A daemon that starts when it is called will have the profile that is there for it.
  const { profile } = confinement;
  return paths.size === 0 ? [{ path: USUAL_PATH, daemon: null, known: true, profile }] : [...paths.values()];
}

// An emulated machine takes 2 s to start Node.
const LONGEST_CALL = 10_000;

async function programsOn(searchPath: JudgedPath, root: string): Promise<SearchPath> {
  const { path, exposure, profile } = searchPath;
  const entries = PROGRAMS.map((name) => [name, findProgram(root, path, name)] as const);
  const programs = Object.fromEntries(entries) as Record<ProgramName, FoundProgram | null>;
  const options = { env: { PATH: path, LC_ALL: 'C' }, profile, milliseconds: LONGEST_CALL };
  const { node } = programs;
  const nodeVersion =
    node === null || exposure !== null ? null : await runProgram(below(root, node.path), ['--version'], options);
  return { ...searchPath, programs, nodeVersion };
}

async function readUnits(): Promise<readonly Unit[] | null> {
  const units = ['libvirtd.service', 'virtqemud.service'];
  const { status, stdout } = await runProgram('systemctl', [...UNIT_QUERY, ...units], { milliseconds: LONGEST_CALL });
  return status === 0 ? parseUnits(stdout) : null;
}

async function countParents({ config, sysfsRoot }: Settings, { run }: Context): Promise<number> {
  const { steps } = await run({ what: 'host', sysfsRoot, milliseconds: config.deadlineSeconds * 1000 });
  return (steps as SurveyStep[]).filter((step) => 'parent' in step).length;
}
