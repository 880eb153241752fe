// Every sysfs path this program knows, relative to the sysfs root (Linux,
// Documentation/driver-api/vfio-mediated-device.rst). No string of these stands anywhere else.
import type { VersionNode } from '../model/stamp.ts';
import type { Uuid } from '../model/uuid.ts';

export const PARENTS = 'class/mdev_bus';
export const MDEVS = 'bus/mdev/devices';

export const mdev = (uuid: Uuid): string => `${MDEVS}/${uuid}`;
export const mdevType = (uuid: Uuid): string => `${mdev(uuid)}/mdev_type`;
export const mdevVersion = (uuid: Uuid, node: VersionNode): string =>
  migrationVersion(node === 'device' ? mdev(uuid) : mdevType(uuid));

// `parent` and `type` come from listing the directories above, never from a document.
export const types = (parent: string): string => `${PARENTS}/${parent}/mdev_supported_types`;
export const type = (parent: string, typeId: string): string => `${types(parent)}/${typeId}`;

// Attributes of a type directory.
export const migrationVersion = (directory: string): string => `${directory}/migration_version`;
export const deviceApi = (typeDirectory: string): string => `${typeDirectory}/device_api`;
export const availableInstances = (typeDirectory: string): string => `${typeDirectory}/available_instances`;
export const typeName = (typeDirectory: string): string => `${typeDirectory}/name`;
export const description = (typeDirectory: string): string => `${typeDirectory}/description`;
