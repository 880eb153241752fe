// What may be asked of a driver, and where. Nothing is asked once something known speaks against it.
import { ENOENT } from '../model/errno.ts';
import type { AttributeRead, CandidateFacts, PresentDevice } from '../model/facts.ts';
import type { MdevHostdev } from '../model/domain.ts';
import type { NotAskedCause, Reason } from '../model/reason.ts';
import type { StampedDevice, StampedFacts, VersionNode } from '../model/stamp.ts';
import type { VersionBytes } from '../model/version.ts';
import { stampedSource, stampedVersion, versionReason } from './source.ts';

export interface Question {
  readonly node: VersionNode;
  readonly version: VersionBytes;
}

/** The question for a mdev that is on this host, or every reason why none is asked. */
export function questionFor(
  hostdev: MdevHostdev,
  stamped: StampedFacts,
  look: PresentDevice,
): Question | readonly Reason[] {
  const reasons: Reason[] = [];
  if (stamped.kind === 'device' && stamped.device.type !== look.type)
    reasons.push({ code: 'type-mismatch', sourceType: stamped.device.type, destinationType: look.type });
  reasons.push(...modelReasons(hostdev, look.type, look.deviceApi));
  const question = stampedQuestion(stamped, look);
  if ('code' in question) reasons.push(question);
  // Without a usable stamp the node that would be asked is the more specific one that is there.
  const read = look.versions['code' in question ? presentNode(look) : question.node];
  if (read.state === 'read-failed')
    reasons.push({ code: 'destination-attribute-unreadable', path: read.path, errno: read.errno });
  if (read.state === 'open-failed') reasons.push(notAsked(read.path, read.errno, 'open-for-reading'));
  return 'code' in question || reasons.length > 0 ? reasons : question;
}

/** The question for one parent that offers the type, or null where nothing may be asked of it. */
export function candidateQuestion(
  hostdev: MdevHostdev,
  stamped: StampedFacts,
  candidate: Omit<CandidateFacts, 'answer'>,
): Question | null {
  const source = stampedSource(stamped);
  if ('code' in source || source.type !== candidate.type || candidate.version.state !== 'read') return null;
  if (modelReasons(hostdev, candidate.type, candidate.deviceApi).length > 0) return null;
  const version = stampedVersion(source, 'type');
  return version === null || versionReason(version, 'type') !== null ? null : { node: 'type', version };
}

/** The node of a present mdev whose version is shown where none was asked: the device's if it has one. */
export function presentNode(look: PresentDevice): VersionNode {
  return look.versions.device.state === 'absent' ? 'type' : 'device';
}

/** The node that the stamp and the destination have in common: the more specific one first. */
export function commonNode(device: StampedDevice, look: PresentDevice): VersionNode {
  return stampedVersion(device, 'device') !== null && look.versions.device.state !== 'absent' ? 'device' : 'type';
}

/** What the hostdev's model says against a type, or that its `device_api` cannot be had. */
export function modelReasons(hostdev: MdevHostdev, type: string, deviceApi: AttributeRead): Reason[] {
  if (deviceApi.state !== 'read') {
    const errno = deviceApi.state === 'absent' ? ENOENT : deviceApi.errno;
    return [notAsked(deviceApi.path, errno, 'device-api')];
  }
  const found = deviceApi.bytes.trim();
  return found === hostdev.model ? [] : [{ code: 'model-mismatch', model: hostdev.model, deviceApi: found, type }];
}

export function notAsked(path: string, errno: number | null, cause: NotAskedCause): Reason {
  return { code: 'destination-not-asked', path, errno, cause };
}

function attributeMissing(look: PresentDevice, node: VersionNode): Reason {
  const elsewhere = look.versions[node === 'device' ? 'type' : 'device'].state !== 'absent';
  return { code: 'destination-attribute-missing', node, path: look.versions[node].path, elsewhere };
}

// A version of one node is never written to the other.
function stampedQuestion(stamped: StampedFacts, look: PresentDevice): Question | Reason {
  const source = stampedSource(stamped);
  if ('code' in source) return source;
  const node = commonNode(source, look);
  const version = stampedVersion(source, node);
  if (version === null) return attributeMissing(look, 'device');
  if (look.versions[node].state === 'absent') return attributeMissing(look, node);
  return versionReason(version, node) ?? { node, version };
}
