// Who runs this, the configuration, libvirt's release, and the service that keeps stamps true.
import { printable, shellWord } from '../model/printable.ts';
import { isBefore, type Release, releaseText } from '../model/release.ts';
import { hasMdevs } from './guests.ts';
import { gateHook } from './hooks.ts';
import { AS_ROOT, fail, type Judge, type Judgement, pass, together, warn } from './judgement.ts';

export const root: Judge = ({ superuser }) =>
  superuser ? pass('run as root') : warn('run as an ordinary user: not all can be told', AS_ROOT);

const FOLLOW = 'systemctl enable --now mdev-preflight';

export const config: Judge = ({ config: { file, config, problem }, superuser, processes }) => {
  const shown = printable(file);
  if (problem !== null) {
    if (!superuser && /\b(?:EACCES|EPERM)$/.test(problem)) return warn(`${shown}: ${printable(problem)}`, AS_ROOT);
    return fail(
      `${shown}: ${printable(problem)}: every guest with mdevs is refused`,
      `mend it, and try: mdev-preflight list --config ${shellWord(file)}`,
    );
  }
  const found: Judgement[] = [];
  if (config.unstamped === 'allow')
    found.push(
      warn('unstamped = "allow": guests without a stamp are let in unasked', `set unstamped = "refuse" in ${shown}`),
    );
  if (config.restamp === 'off' && !processes.follower)
    found.push(
      warn('restamp = "off", and nothing else stamps anew: guests keep the stamps of the hosts they came from', FOLLOW),
    );
  return together(found.length > 0 ? found : [pass('the configuration can be used')]);
};

// qemu.d came with 6.5.0; a guest with an mdev hostdev can be migrated since 8.6.0, and
// QEMU moves the state of a VFIO device, with dirty tracking, since 8.1.0.
const FIRST_WITH_DIRECTORY: Release = [6, 5, 0];
const FIRST_THAT_MIGRATES: Release = [8, 6, 0];
const FIRST_QEMU: Release = [8, 1, 0];

export const libvirt: Judge = ({ libvirt: answer, hooks, superuser }) => {
  if (!answer.ok) {
    const { kind, text } = answer.failure;
    if (kind === 'no-virsh')
      return warn('virsh is not on PATH', 'install libvirt-clients (Debian) or libvirt-client (Fedora)');
    return warn(
      `libvirt cannot be asked: ${printable(text)}`,
      superuser ? 'systemctl status libvirtd virtqemud' : AS_ROOT,
    );
  }
  const { daemon, qemu } = answer.value;
  const inDirectory = gateHook(hooks)?.path.includes('/qemu.d/') ?? true;
  if (inDirectory && daemon !== null && isBefore(daemon, FIRST_WITH_DIRECTORY))
    return fail(
      `libvirt ${releaseText(daemon)} runs no hooks of qemu.d`,
      `install libvirt ${releaseText(FIRST_THAT_MIGRATES)} or later`,
    );
  return together([
    released('libvirt', daemon, FIRST_THAT_MIGRATES, 'migrates no running guest that has mdevs'),
    released('QEMU', qemu, FIRST_QEMU, 'cannot move the state of mdevs'),
  ]);
};

function released(name: string, release: Release | null, first: Release, otherwise: string): Judgement {
  if (release === null) return warn(`the release of ${name} is not known`, 'virsh version --daemon');
  const shown = `${name} ${releaseText(release)}`;
  if (!isBefore(release, first)) return pass(shown);
  return warn(`${shown} ${otherwise}`, `install ${name} ${releaseText(first)} or later`);
}

export const follow: Judge = ({ processes, parents, guests }) => {
  if (processes.follower) return pass('stamp --all --follow runs');
  if (parents === 0 && !(guests.ok && hasMdevs(guests.value)))
    return pass('not needed: this host has no parent devices of mdevs, and no guests with mdevs');
  if (!processes.complete) return warn('whether stamp --all --follow runs cannot be seen', AS_ROOT);
  return warn('nothing keeps the stamps of guests that start here true: stamp --all --follow does not run', FOLLOW);
};
