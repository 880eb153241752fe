// What the stamp says of the source, before anything of the destination is known.
import type { Reason } from '../model/reason.ts';
import type { StampedDevice, StampedFacts, VersionNode } from '../model/stamp.ts';
import { type VersionBytes, versionProblem } from '../model/version.ts';

/**
 * The stamped device, or why nothing can be asked with this stamp.
 * A source whose device node exists but could not be read has said no, whatever its type node says:
 * the device node is the more specific authority.
 */
export function stampedSource(stamped: StampedFacts): StampedDevice | Reason {
  if (stamped.kind === 'none') return { code: 'unstamped', otherDevices: false };
  if (stamped.kind === 'other-device') return { code: 'unstamped', otherDevices: true };
  if (stamped.kind === 'invalid') return { code: 'stamp-invalid', problem: stamped.problem };
  const { device, type } = stamped.device.versions;
  if (device?.state === 'error' && device.error !== 'ENOENT')
    return { code: 'source-not-migratable', node: 'device', error: device.error };
  if (device?.state === 'version' || type?.state === 'version') return stamped.device;
  return { code: 'source-not-migratable', node: 'type', error: type?.error ?? 'ENOENT' };
}

/** The version the stamp has of a node, or null. */
export function stampedVersion(device: StampedDevice, node: VersionNode): VersionBytes | null {
  const version = device.versions[node];
  return version?.state === 'version' ? version.bytes : null;
}

/** Why a stamped version must not be offered to a driver, or null. */
export function versionReason(version: VersionBytes, node: VersionNode): Reason | null {
  const problem = versionProblem(version);
  return problem === null ? null : { code: 'stamp-invalid', problem: `the version of its ${node} node ${problem}` };
}
