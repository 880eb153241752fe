// What the hook needs to run, and whether it does.
import type { CheckId } from '../model/finding.ts';
import type { Exposure } from '../gate/search-path.ts';
import { printable, shellWord } from '../model/printable.ts';
import { isBefore, parseRelease, type Release, releaseText } from '../model/release.ts';
import { clip } from '../report/clip.ts';
import { type Ended, type Facts, type ProgramName, PROGRAMS, type SearchPath, type SelfTest } from './facts.ts';
import { hookProgram, installAnew } from './hooks.ts';
import { AS_ROOT, fail, type Judge, type Judgement, pass, together, warn } from './judgement.ts';
import { config } from './settings.ts';

const OLDEST_NODE: Release = [18, 15, 0];

// As Debian and Fedora name them.
const PACKAGES: Readonly<Record<ProgramName, string>> = {
  sh: 'bash',
  tr: 'coreutils',
  node: 'nodejs',
  timeout: 'coreutils',
  cat: 'coreutils',
  awk: 'gawk',
  logger: 'util-linux (Debian: bsdutils)',
};

// What the profiles of libvirt's daemons let them execute (Debian 12 and 13, /etc/apparmor.d/usr.sbin.libvirtd).
const APPARMOR_ALLOWS = /^(?:\/usr)?\/s?bin\/[^/]+$/;

// The shell's status for a program that is there and may not be run (POSIX, Shell Command Language, 2.8.2).
const NOT_EXECUTABLE = 126;

export const node: Judge = (facts) => together(facts.searchPaths.map((searchPath) => programsOn(searchPath, facts)));

function programsOn(searchPath: SearchPath, { confinement }: Facts): Judgement {
  const { path, daemon, known, profile, exposure, programs, nodeVersion } = searchPath;
  const whose = `${daemon === null ? 'the usual PATH' : `the PATH of ${daemon}`}, ${printable(path)}`;
  if (exposure !== null) return exposed(exposure, whose);
  const missing = PROGRAMS.filter((name) => programs[name] === null);
  const packages = [...new Set(missing.map((name) => PACKAGES[name]))].join(', ');
  if (missing.some((name) => name !== 'logger'))
    return fail(
      `not on ${whose}: ${missing.join(', ')}: the hook refuses every guest with mdevs`,
      `install into /usr/bin: ${packages}`,
    );
  const shown = printable(programs.node?.path ?? '');
  if (profile !== null && nodeVersion?.status === NOT_EXECUTABLE)
    return fail(
      `${shown} may not be run under the AppArmor profile '${printable(profile)}': the hook refuses every guest with mdevs`,
      'install into /usr/bin: nodejs; what was denied: journalctl -k --grep DENIED',
    );
  const release = nodeVersion?.status === 0 ? parseRelease(nodeVersion.stdout) : null;
  if (release === null) return fail(`${shown} ${howItEnded(nodeVersion)}`, 'install into /usr/bin: nodejs');
  if (isBefore(release, OLDEST_NODE))
    return fail(
      `${shown} is Node ${releaseText(release)}; the hook takes ${releaseText(OLDEST_NODE)} or later`,
      'install into /usr/bin: a later nodejs',
    );
  const file = programs.node?.file ?? '';
  if (profile === null && confinement.apparmor === 'confines' && !APPARMOR_ALLOWS.test(file))
    return warn(
      `${shown} is ${printable(file)}, which AppArmor may not let libvirt run`,
      'install into /usr/bin: nodejs',
    );
  if (missing.length > 0)
    return warn(
      `not on ${whose}: logger: the hook leaves no line in the journal`,
      `install into /usr/bin: ${packages}`,
    );
  const found = `Node ${releaseText(release)} and all else the hook needs is on ${whose}`;
  return known ? pass(found) : warn(`${found}, but what a daemon has cannot be read`, AS_ROOT);
}

// Whoever may put a program there has libvirt run it, as root. No command of ours makes /tmp root's alone.
function exposed({ path, why }: Exposure, whose: string): Judgement {
  const shown = printable(path);
  const consequence = 'who may change what is there becomes root when the hook is called; nothing on it was run';
  const elsewhere = 'take it off that PATH: systemctl edit libvirtd.service or virtqemud.service';
  if (why === 'relative') return fail(`on ${whose}: '${shown}' is relative: ${consequence}`, elsewhere);
  const problem =
    why === 'unreadable'
      ? 'cannot be looked at'
      : 'owner' in why
        ? `belongs to uid ${String(why.owner)}`
        : `may be written by others than root (mode ${why.mode.toString(8)})`;
  return fail(
    `on ${whose}: ${shown} ${problem}: ${consequence}`,
    `${elsewhere}; or let nobody but root own and write it: ls -ld ${shellWord(path)}`,
  );
}

export const selfTest: Judge = (facts) => {
  if (facts.selfTests.length === 0)
    return facts.searchPaths.some(({ exposure }) => exposure !== null)
      ? warn('not run: others than root may change what it would run (node)', null)
      : warn('not run: no hook of ours was found that libvirt would run', null);
  const told = together(facts.selfTests.map((test) => tested(test, facts)));
  return facts.superuser ? told : warn(`as this user, not as root: ${told.message}`, AS_ROOT);
};

// The statuses of a refusal; and its reason, which only the program behind the script can give.
const REFUSALS: readonly (number | null)[] = [1, 3];
const REASON = 'destination-device-missing';

// What fails in one of these fails here too, and is mended there.
const CAUSES: readonly (readonly [CheckId, Judge])[] = [
  ['hook-program', hookProgram],
  ['node', node],
  ['config', config],
];

function tested({ hook, withMdev, reconnect, withoutMdev }: SelfTest, facts: Facts): Judgement {
  const causes = CAUSES.filter(([, judge]) => judge(facts).result === 'fail').map(([id]) => id);
  const wrong = (problem: string): Judgement => {
    const told = `${printable(hook)} ${problem}`;
    return causes.length === 0 ? fail(told, installAnew(facts, hook)) : fail(`${told} (${causes.join(', ')})`, null);
  };
  if (withMdev.status === 0)
    return fail(
      `${printable(hook)} lets in a guest whose mdev is not here: the gate is open`,
      installAnew(facts, hook),
    );
  if (!REFUSALS.includes(withMdev.status) || !withMdev.stderr.includes(REASON))
    return wrong(`cannot tell that an mdev is not here: it ${howItEnded(withMdev)}`);
  if (!isSilent(reconnect))
    return wrong(`fails for running guests, which libvirt then kills when it restarts: it ${howItEnded(reconnect)}`);
  if (!isSilent(withoutMdev)) return wrong(`is in the way of guests without mdevs: it ${howItEnded(withoutMdev)}`);
  return pass('run as libvirt runs it, it refuses a guest whose mdev is not here, and nothing else');
}

function isSilent({ status, stdout, stderr }: Ended): boolean {
  return status === 0 && stdout === '' && stderr === '';
}

const WORDS_LIMIT = 300;

function howItEnded(ended: Ended | null): string {
  if (ended === null) return 'was not run';
  const [said = ''] = (ended.stderr.trim() === '' ? ended.stdout : ended.stderr).trim().split('\n');
  const how = ended.problem ?? `ended with status ${String(ended.status)}`;
  return clip(printable(said === '' ? how : `${how}: ${said}`), WORDS_LIMIT);
}
