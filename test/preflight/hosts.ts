// Simulated hosts, changed in one respect.
import type {
  SimulatedAttribute,
  SimulatedHost,
  SimulatedMdev,
  SimulatedType,
} from '../../src/simulation/description.ts';
import { FIRST_MDEV, gvtHost } from '../../src/simulation/examples.ts';

export const PARENT = '0000:00:02.0';
export const OTHER_PARENT = '0000:00:03.0';
/** The type of the first mdev, and a version of its driver. */
export const TYPE = 'i915-GVTg_V5_4';
export const OTHER_TYPE = 'i915-GVTg_V5_8';
export const VERSION = '8086-591d-GVTg_V5_4-00000001\n';

/** What one parent offers as TYPE, changed. */
export function withType(host: SimulatedHost, change: Partial<SimulatedType>, parent = PARENT): SimulatedHost {
  return replaceType(host, parent, (type) => ({ ...type, ...change }));
}

export function withoutTypeVersion(host: SimulatedHost): SimulatedHost {
  return replaceType(host, PARENT, (type) => {
    const { deviceApi, availableInstances } = type;
    return { deviceApi, availableInstances };
  });
}

/** The type node's attribute, changed. */
export function withTypeVersion(
  host: SimulatedHost,
  change: Partial<SimulatedAttribute>,
  parent = PARENT,
): SimulatedHost {
  return replaceType(host, parent, (type) => {
    if (type.migrationVersion === undefined) throw new Error('the type has no migration_version to change');
    return { ...type, migrationVersion: { ...type.migrationVersion, ...change } };
  });
}

function replaceType(
  host: SimulatedHost,
  parent: string,
  change: (type: SimulatedType) => SimulatedType,
): SimulatedHost {
  const found = host.parents[parent];
  const type = found?.types[TYPE];
  if (found === undefined || type === undefined) throw new Error(`no ${TYPE} on ${parent} of '${host.name}'`);
  const types = { ...found.types, [TYPE]: change(type) };
  return { ...host, parents: { ...host.parents, [parent]: { ...found, types } } };
}

/** Without TYPE, which no parent offers then, and without the mdev that has it. */
export function withoutType(host: SimulatedHost): SimulatedHost {
  const parents = Object.entries(host.parents).map(([name, parent]) => {
    const types = Object.entries(parent.types).filter(([id]) => id !== TYPE);
    return [name, { ...parent, types: Object.fromEntries(types) }] as const;
  });
  return withoutMdev({ ...host, parents: Object.fromEntries(parents) });
}

/** The first mdev, changed. */
export function withMdev(host: SimulatedHost, change: Partial<SimulatedMdev>): SimulatedHost {
  const mdev = host.mdevs[FIRST_MDEV] ?? { parent: PARENT, type: TYPE };
  return { ...host, mdevs: { ...host.mdevs, [FIRST_MDEV]: { ...mdev, ...change } } };
}

export function withoutMdev(host: SimulatedHost): SimulatedHost {
  return { ...host, mdevs: Object.fromEntries(Object.entries(host.mdevs).filter(([uuid]) => uuid !== FIRST_MDEV)) };
}

/** The first mdev with an attribute of its own, beside the type node's. */
export function withDeviceVersion(host: SimulatedHost, migrationVersion: SimulatedAttribute): SimulatedHost {
  return withMdev(host, { migrationVersion });
}

/** A second GPU like the first; its driver's migration version may be another one. */
export function withOtherParent(host: SimulatedHost, software = 1): SimulatedHost {
  const parent = gvtHost(host.name, software).parents[PARENT];
  if (parent === undefined) throw new Error(`no ${PARENT}`);
  return { ...host, parents: { ...host.parents, [OTHER_PARENT]: parent } };
}
