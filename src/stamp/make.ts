// Makes a stamp from what was found on the host the guest runs on.
import { errnoName } from '../model/errno.ts';
import type { MdevHostdev } from '../model/domain.ts';
import type { AttributeRead, PresentDevice } from '../model/facts.ts';
import type { HostIdentity, Stamp, StampedDevice, StampedVersion } from '../model/stamp.ts';

/** A mdev found on this host, for one hostdev of the guest. */
export interface Found {
  readonly hostdev: MdevHostdev;
  readonly look: PresentDevice;
}

export function makeStamp(found: readonly Found[], host: HostIdentity, now: Date): Stamp {
  return { host, stampedAt: now.toISOString().replace(/\.\d+/, ''), devices: found.map(stampDevice) };
}

function stampDevice({ hostdev, look }: Found): StampedDevice {
  return {
    index: hostdev.index,
    guestAddress: hostdev.guestAddress,
    uuid: hostdev.uuid,
    type: look.type,
    parent: look.parent,
    versions: { device: stampVersion(look.versions.device), type: stampVersion(look.versions.type) },
  };
}

// Why a version could not be had is recorded as well, so that the destination can say it.
function stampVersion(read: AttributeRead): StampedVersion | null {
  switch (read.state) {
    case 'read':
      return { state: 'version', bytes: read.bytes };
    case 'absent':
      return { state: 'error', error: 'ENOENT' };
    // Nobody was asked: nothing is known of this node.
    case 'open-failed':
      return null;
    case 'read-failed':
      return { state: 'error', error: errnoName(read.errno) };
  }
}
