// What came of stamping a guest, in words.
import { printable } from '../model/printable.ts';
import { type Stamp, type StampedDevice, VERSION_NODES } from '../model/stamp.ts';
import type { Stamping } from '../preflight/stamping.ts';
import { failureText } from './connect.ts';

export interface Words {
  /** A sentence, without the guest and without a full stop. */
  readonly text: string;
  /** Further lines on the same guest. */
  readonly more: readonly string[];
}

export function stampingWords(stamping: Stamping, uri: string): Words {
  switch (stamping.state) {
    case 'no-mdev':
      return { text: 'has no mdev: nothing to stamp', more: [] };
    case 'current':
      return { text: 'carries this host’s facts already', more: [] };
    case 'stamped':
      return {
        text: `stamped, ${countOf(stamping.stamp)}${stamping.exemption ? '; this ended its exemption' : ''}`,
        more: stamping.stamp.devices.flatMap(cannotMigrate),
      };
    case 'not-stamped':
      return {
        text: `not stamped${stamping.removed ? '; the stamp it had cannot be confirmed, and was removed' : ''}`,
        more: stamping.problems,
      };
    case 'undone':
      return {
        text: 'not stamped: the stamp does not stay, because something else changes the guest or its metadata',
        more: [],
      };
    case 'failed':
      return { text: `not stamped: ${failureText(stamping.failure, uri)}`, more: [] };
  }
}

function countOf({ devices }: Stamp): string {
  return devices.length === 1 ? '1 mdev' : `${String(devices.length)} mdevs`;
}

// A stamp without a version is right, and the destination will refuse with it: better known now.
function cannotMigrate({ uuid, type, versions }: StampedDevice): string[] {
  if (VERSION_NODES.some((node) => versions[node]?.state === 'version')) return [];
  const errors = VERSION_NODES.flatMap((node) => {
    const version = versions[node];
    return version?.state === 'error' ? [`${node} node ${version.error}`] : [];
  });
  return [
    `mdev ${uuid ?? ''} of type '${printable(type)}' has no migration_version (${errors.join(', ')}): a migration of this guest will be refused`,
  ];
}
