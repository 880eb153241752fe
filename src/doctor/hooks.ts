// The hook's files: are they there, and are they what they should be?
import { INSTALLED_PROGRAM } from '../gate/hook-program.ts';
import type { HookFile, HookFiles } from '../gate/hooks.ts';
import { printable, shellWord } from '../model/printable.ts';
import type { Facts } from './facts.ts';
import { AS_ROOT, fail, type Judge, type Judgement, noHook, pass, warn } from './judgement.ts';

const DIRECTORY = '/etc/libvirt/hooks';
const INSTALLED_HOOK = `${DIRECTORY}/qemu.d/50-mdev-preflight`;

/** What libvirt runs. */
export function runs({ kind, executable }: HookFile): boolean {
  return kind === 'file' && executable;
}

/** The hook of ours: where it belongs, or else the first one that is run, or else the first. */
export function gateHook({ files }: HookFiles): HookFile | null {
  const ours = files.filter((file) => file.ours === true);
  return ours.find(({ path }) => path === INSTALLED_HOOK) ?? ours.find(runs) ?? ours[0] ?? null;
}

export const hookInstalled: Judge = (facts) => {
  const { hooks, superuser } = facts;
  const hook = gateHook(hooks);
  if (hook !== null) return pass(printable(hook.path));
  const hidden = [...hooks.unreadable.map(({ path }) => path), ...unread(hooks).map(({ path }) => path)];
  if (hidden.length > 0 && !superuser) return warn(`${listed(hidden)} cannot be read`, AS_ROOT);
  const [unreadable] = hooks.unreadable;
  if (unreadable !== undefined)
    return fail(
      `${printable(unreadable.path)} cannot be read (${unreadable.error}): libvirt then calls no hook, or fails what it would call one for`,
      `see who may read it: ls -ldZ ${shellWord(unreadable.path)}; then ${installAnew(facts, INSTALLED_HOOK)}`,
    );
  const broken = hooks.files.find(({ kind, path }) => kind === 'broken-link' && path.includes('mdev-preflight'));
  if (broken !== undefined)
    return fail(
      `${printable(broken.path)} is a link to ${printable(broken.link ?? '')}, which is not there`,
      installAnew(facts, INSTALLED_HOOK),
    );
  return fail(`there is no hook of ours in ${DIRECTORY}/qemu.d`, installAnew(facts, INSTALLED_HOOK));
};

export const hookExecutable: Judge = (facts) => {
  const hook = gateHook(facts.hooks);
  if (hook === null) return noHook;
  if (hook.executable) return pass('libvirt may run it');
  return fail(
    `${printable(hook.path)} is not executable: libvirt skips it, and says nothing`,
    `chmod 755 ${shellWord(hook.path)}${reload(facts)}`,
  );
};

// What the profiles of libvirtd and virtqemud allow to be executed (usr.sbin.libvirtd: `/etc/libvirt/hooks/** rmix`,
// `/usr/bin/* PUx`, …).
const ALLOWED = /^(?:\/etc\/libvirt\/hooks\/.|(?:\/usr)?\/s?bin\/[^/]+$|\/usr\/lib\/libvirt\/[^/]+$)/;

export const hookLink: Judge = (facts) => {
  const { apparmor } = facts.confinement;
  const hook = gateHook(facts.hooks);
  if (hook === null) return noHook;
  if (hook.link === null) return pass('it is a file, not a link');
  const link = `${printable(hook.path)} is a link to ${printable(hook.link)}`;
  if (ALLOWED.test(hook.link)) return pass(`${link}, which AppArmor lets libvirt run`);
  const remedy = `install -m 755 ${shellWord(hook.link)} ${shellWord(hook.path)}${reload(facts)}`;
  if (apparmor === 'confines')
    return fail(`${link}: AppArmor does not let libvirt run it, and everything it is called for fails`, remedy);
  const state = { off: 'is off', permits: 'does not confine libvirt', unknown: 'cannot be asked' }[apparmor];
  return warn(`${link}: AppArmor, which ${state} here, would not let libvirt run it`, remedy);
};

export const hookCurrent: Judge = (facts) => {
  const hook = gateHook(facts.hooks);
  if (hook === null) return noHook;
  if (hook.current === true) return pass('it is the one of this release');
  if (facts.own.script.bytes === null) return incomplete(facts.own.script.path);
  return warn(
    `${printable(hook.path)} is not the one of this release`,
    `${installHook(facts, hook.path)}${reload(facts)}`,
  );
};

export const hookProgram: Judge = (facts) => {
  const { program, own, superuser } = facts;
  if (program === null) return noHook;
  const shown = printable(program.path);
  switch (program.state) {
    case 'current':
      return pass(shown);
    case 'different':
      return warn(`${shown} is not the one of this release`, installProgram(facts, program.path));
    case 'unknown':
      return incomplete(own.program.path);
    case 'missing':
      return fail(
        `${shown} is not there: the hook can ask no driver, and refuses every guest with mdevs`,
        installProgram(facts, program.path),
      );
    case 'unreadable':
      return superuser
        ? fail(`${shown} cannot be read`, installProgram(facts, program.path))
        : warn(`${shown} cannot be read`, AS_ROOT);
  }
};

export const hookTwins: Judge = ({ hooks }) => {
  const hook = gateHook(hooks);
  if (hook === null) return noHook;
  const twins = hooks.files.filter((file) => file !== hook && file.ours === true && runs(file)).map(({ path }) => path);
  if (twins.length === 0) return pass('it is the only one of ours');
  return warn(
    `libvirt runs ${listed(twins)} as well, whatever the name: a copy of ours`,
    `rm ${twins.map(shellWord).join(' ')}`,
  );
};

export const otherHooks: Judge = ({ hooks }) => {
  const hook = gateHook(hooks);
  if (hook === null) return noHook;
  const place = hooks.files.indexOf(hook);
  const others = (from: number, to?: number): string[] =>
    hooks.files
      .slice(from, to)
      .filter((file) => file.ours !== true && runs(file))
      .map(({ path }) => path);
  const [before, behind] = [others(0, place), others(place)];
  const all = [...before, ...behind];
  if (all.length === 0) return pass('no other hook is run beside it');
  const parts = [
    ...(before.length === 0 ? [] : [`${listed(before)} before it, which may change what it sees`]),
    ...(behind.length === 0 ? [] : [`${listed(behind)} behind it, about whose changes no driver is asked`]),
  ];
  return warn(
    `libvirt runs ${parts.join('; and ')}`,
    `see that on migrate they print no other mdev UUIDs, and keep <metadata>: less ${all.map(shellWord).join(' ')}`,
  );
};

function unread({ files }: HookFiles): HookFile[] {
  return files.filter(({ ours }) => ours === null);
}

function listed(paths: readonly string[]): string {
  return paths.map(printable).join(', ');
}

function incomplete(path: string): Judgement {
  return warn(`nothing to compare it with: ${printable(path)} is not there`, 'install all files of mdev-preflight');
}

// Where a file of ours is not there, no command of ours puts it anywhere.
function copy(mode: string, bytes: Buffer | null, from: string, to: string): string {
  return bytes === null
    ? `install mdev-preflight anew: ${shellWord(to)}`
    : `install -D -m ${mode} ${shellWord(from)} ${shellWord(to)}`;
}

function installProgram({ own: { program } }: Facts, to: string): string {
  return copy('644', program.bytes, program.path, to);
}

function installHook({ own: { script } }: Facts, to: string): string {
  return copy('755', script.bytes, script.path, to);
}

/** Puts both files of the hook there again. */
export function installAnew(facts: Facts, hook: string): string {
  const to = facts.program?.path ?? INSTALLED_PROGRAM;
  const program = facts.own.program.path === to ? [] : [installProgram(facts, to)];
  return `${[...program, installHook(facts, hook)].join(' && ')}${reload(facts)}`;
}

// A daemon that had no hook it could run when it started has to be told of one; the others do not mind.
function reload({ processes, units }: Facts): string {
  const daemons = processes.daemons.filter(({ kind, hooks }) => kind === 'system' && hooks !== 'others');
  if (daemons.length === 0) return '';
  const names = [...new Set(daemons.map(({ name }) => name))].join(' ');
  const processIds = daemons.map(({ pid }) => String(pid)).join(' ');
  return units === null ? ` && kill -HUP ${processIds}` : ` && systemctl reload ${names}`;
}
