// Why a guest is not stamped: what could not be learnt of its mdevs, a line for each.
import { describeErrno } from '../model/errno.ts';
import type { DeviceFacts, PresentDevice } from '../model/facts.ts';
import { printable, shellWord } from '../model/printable.ts';
import { VERSION_NODES } from '../model/stamp.ts';

/** A mdev that was not found on this host, or not looked up in time. */
export function whyMissing(uuid: string, { look, waitingFor }: DeviceFacts): string {
  if (look?.kind === 'missing')
    return `mdev ${uuid} is not on this host; the stamp is made on the host where the guest runs. What is here: mdev-preflight list`;
  if (look?.kind === 'unknown')
    return `mdev ${uuid} cannot be looked up: ${printable(look.path)}: ${describeErrno(look.errno)}`;
  const where = waitingFor === null ? '' : `: ${printable(waitingFor.path)}`;
  return `mdev ${uuid} gave no answer before the deadline${where}. Look for a stuck driver: dmesg | tail`;
}

/**
 * The attributes of a mdev that this process may not open. That says nothing of the driver; stamped as
 * an error it would tell the destination that the device cannot migrate.
 */
export function whyUnopened(uuid: string, look: PresentDevice): string[] {
  return VERSION_NODES.flatMap((node) => {
    const read = look.versions[node];
    if (read.state !== 'open-failed') return [];
    return [
      `mdev ${uuid}: ${printable(read.path)} cannot be opened: ${describeErrno(read.errno)}. See who may: ls -lZ ${shellWord(read.path)}`,
    ];
  });
}
