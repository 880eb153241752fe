// Looks things up on a host. Reads only.
import { ENOENT } from '../model/errno.ts';
import type { CandidateFacts, DeviceLook, OfferedType, PresentDevice } from '../model/facts.ts';
import type { Uuid } from '../model/uuid.ts';
import type { SysfsIo } from './io.ts';
import * as paths from './paths.ts';

interface Whereabouts {
  readonly kind: 'present';
  readonly type: string;
  readonly parent: string;
}

/** Which mdev has the UUID now, or null where that cannot be told. No two have the same answer, not even one after the other. */
export function identify(io: SysfsIo, uuid: Uuid): string | null {
  const which = io.identity(paths.mdev(uuid));
  return which.ok ? which.value : null;
}

/** Type and parent of one mdev: the last names behind its links. */
function locateDevice(io: SysfsIo, uuid: Uuid): Whereabouts | Exclude<DeviceLook, PresentDevice> {
  const device = io.realpath(paths.mdev(uuid));
  if (!device.ok) {
    if (device.errno === ENOENT) return { kind: 'missing' };
    return { kind: 'unknown', path: io.fullPath(paths.mdev(uuid)), errno: device.errno };
  }
  const type = io.realpath(paths.mdevType(uuid));
  if (!type.ok) return { kind: 'unknown', path: io.fullPath(paths.mdevType(uuid)), errno: type.errno };
  const parent = lastName(device.value.slice(0, device.value.lastIndexOf('/')));
  return { kind: 'present', type: lastName(type.value), parent };
}

/** What is known of one mdev. */
export function lookUpDevice(io: SysfsIo, uuid: Uuid): DeviceLook {
  const found = locateDevice(io, uuid);
  if (found.kind !== 'present') return found;
  return {
    ...found,
    deviceApi: io.read(paths.deviceApi(paths.mdevType(uuid))),
    versions: {
      device: io.read(paths.mdevVersion(uuid, 'device')),
      type: io.read(paths.mdevVersion(uuid, 'type')),
    },
  };
}

/** Names, or where listing them failed and why. */
export type Listing =
  | { readonly ok: true; readonly value: readonly string[] }
  | { readonly ok: false; readonly path: string; readonly errno: number };

/** The parent devices. A host whose mdev core is not loaded has none: that is no error. */
export function parents(io: SysfsIo): Listing {
  return list(io, paths.PARENTS);
}

/** The mdev types a parent offers. */
export function typesOf(io: SysfsIo, parent: string): Listing {
  return list(io, paths.types(parent));
}

export function lookUpType(io: SysfsIo, parent: string, type: string): Omit<CandidateFacts, 'answer'> {
  const directory = paths.type(parent, type);
  return {
    parent,
    type,
    deviceApi: io.read(paths.deviceApi(directory)),
    availableInstances: io.read(paths.availableInstances(directory)),
    version: io.read(paths.migrationVersion(directory)),
  };
}

/** A type with the two attributes that only people read, for `list`. */
export function describeType(io: SysfsIo, parent: string, type: string): OfferedType {
  const directory = paths.type(parent, type);
  return {
    ...lookUpType(io, parent, type),
    name: io.read(paths.typeName(directory)),
    description: io.read(paths.description(directory)),
  };
}

/** The names of the active mdevs. */
export function activeMdevs(io: SysfsIo): Listing {
  return list(io, paths.MDEVS);
}

/** The attribute a present mdev, or a parent's type, is asked at. */
export { mdev as mdevPath, mdevVersion as mdevQuestionPath } from './paths.ts';
export function typeQuestionPath(parent: string, type: string): string {
  return paths.migrationVersion(paths.type(parent, type));
}

function list(io: SysfsIo, path: string): Listing {
  const names = io.list(path);
  if (names.ok) return names;
  return names.errno === ENOENT ? { ok: true, value: [] } : { ok: false, path: io.fullPath(path), errno: names.errno };
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
