// Verdicts as the judge would give them, with names and versions of one's choice.
import type { Reason } from '../../src/model/reason.ts';
import { REASONS } from '../../src/model/reasons.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import type { DeviceVerdict, Verdict } from '../../src/model/verdict.ts';
import type { VersionBytes } from '../../src/model/version.ts';

export const UUID = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001' as Uuid;
export const PATH = `/sys/bus/mdev/devices/${UUID}/mdev_type/migration_version`;

export interface Words {
  readonly guest: string;
  readonly sourceHost: string;
  readonly destinationHost: string;
  readonly type: string;
  readonly parent: string;
  readonly version: string;
  readonly kernelLog: readonly string[];
}

export const PLAIN_WORDS: Words = {
  guest: 'desktop-7',
  sourceHost: 'alpha',
  destinationHost: 'beta',
  type: 'i915-GVTg_V5_4',
  parent: '0000:00:02.0',
  version: '8086-591d-GVTg_V5_4-00000001\n',
  kernelLog: [],
};

/** One reason of every code, its texts made of the words. */
export function reasonsOf({ type, parent, version, kernelLog }: Words): Reason[] {
  const path = PATH;
  const missing = { code: 'destination-device-missing', uuid: UUID } as const;
  return [
    { code: 'type-mismatch', sourceType: type, destinationType: type },
    { code: 'model-mismatch', model: type, deviceApi: type, type },
    { code: 'model-mismatch', model: null, deviceApi: '', type },
    { ...missing, type: null, acceptingParent: null, unaskedParent: null, offering: 0, refusing: 0 },
    { ...missing, type, acceptingParent: null, unaskedParent: null, offering: 2, refusing: 1 },
    { ...missing, type, acceptingParent: parent, unaskedParent: null, offering: 1, refusing: 0 },
    { code: 'destination-type-missing', uuid: UUID, type },
    { code: 'no-available-instances', uuid: UUID, type, parents: [parent, parent, parent] },
    { code: 'source-not-migratable', node: 'device', error: version },
    { code: 'destination-attribute-missing', node: 'type', path, elsewhere: false },
    { code: 'destination-attribute-unreadable', path, errno: 84 },
    { code: 'version-rejected', path, errno: 22, kernelLog },
    { code: 'unstamped', otherDevices: true },
    { code: 'stamp-invalid', problem: `device 0 has a version of a node '${version}'` },
    { code: 'destination-not-asked', path, errno: 13, cause: 'look-up' },
    { code: 'destination-not-asked', path: `/sys/${parent}`, errno: null, cause: 'no-sysfs' },
    { code: 'short-write', path, taken: 1, length: 4096 },
    { code: 'deadline-exceeded', waitingFor: { action: 'write', path: `/sys/class/mdev_bus/${parent}` } },
    { code: 'deadline-exceeded', waitingFor: null },
  ];
}

export function refusedDevice(words: Words, ...reasons: readonly Reason[]): DeviceVerdict {
  const { type, parent, sourceHost } = words;
  const version = words.version as VersionBytes;
  const [first] = reasons;
  if (first === undefined) throw new Error('a refused device has a reason');
  return {
    hostdev: { index: 0, uuid: UUID, model: 'vfio-pci', guestAddress: 'pci:0000:01:00.0' },
    outcome: REASONS[first.code].outcome,
    source: { type, parent, version, node: 'type', host: sourceHost, stampedAt: '2026-01-02T03:04:05Z' },
    destination: { type, parent, version, node: 'type' },
    reasons,
    candidates: [],
  };
}

export function refusedGuest({ guest, destinationHost }: Words, ...devices: readonly DeviceVerdict[]): Verdict {
  return {
    host: { name: destinationHost, id: null },
    domain: { name: guest, uuid: null },
    outcome: 'incompatible',
    devices,
  };
}
