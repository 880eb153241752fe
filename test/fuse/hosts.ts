// Simulated hosts for the suites that ask real system calls.
import { gvtHost } from '../../src/simulation/examples.ts';
import type { SimulatedAttribute, SimulatedHost } from '../../src/simulation/description.ts';

export const VERSION = '8086-591d-GVTg_V5_4-00000001\n';
const PARENT = '0000:00:02.0';
const TYPE = 'i915-GVTg_V5_4';

/** A host whose first mdev's type has this attribute, or none. */
export function hostWith(attribute: Partial<SimulatedAttribute> | null): SimulatedHost {
  const host = gvtHost('beta', 1);
  const parent = host.parents[PARENT];
  const type = parent?.types[TYPE];
  if (parent === undefined || type === undefined) throw new Error('the example host changed');
  const { migrationVersion, ...without } = type;
  const changed =
    attribute === null || migrationVersion === undefined
      ? without
      : { ...without, migrationVersion: { ...migrationVersion, ...attribute } };
  return { ...host, parents: { [PARENT]: { ...parent, types: { ...parent.types, [TYPE]: changed } } } };
}
