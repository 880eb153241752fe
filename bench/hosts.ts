// The hosts that are measured on, as descriptions.
import type { Rule, SimulatedHost, SimulatedType } from '../src/simulation/description.ts';

/** What every driver here has for its version, and the only one there is on a kernel host. */
export const VERSION = '8086-591d-GVTg_V5_4-00000001\n';

const EINVAL = 22;
const ACCEPTING: Rule = { kind: 'accept-all' };
const REFUSING: Rule = { kind: 'reject', errno: EINVAL };

/** The n-th mdev of a host. */
export function mdevUuid(number: number): string {
  return `83b8f4f2-509f-382f-3c1e-${number.toString(16).padStart(12, '0')}`;
}

/** On a small host, the mdev whose driver refuses where `refuses` is set; all other mdevs are accepted. */
export const REFUSED_MDEV = mdevUuid(0);

/** One parent with two types: `mdevs` of the first, which are mdevUuid(1) and on, and REFUSED_MDEV of the second. */
export function smallHost(mdevs: number, refuses: boolean): SimulatedHost {
  const parent = parentName(0);
  const types = { [typeName(0)]: offered(ACCEPTING), [typeName(1)]: offered(refuses ? REFUSING : ACCEPTING) };
  const first = numbers(mdevs).map((index) => [mdevUuid(index + 1), { parent, type: typeName(0) }] as const);
  return {
    name: 'small',
    parents: { [parent]: { driver: 'i915', types } },
    mdevs: { ...Object.fromEntries(first), [REFUSED_MDEV]: { parent, type: typeName(1) } },
  };
}

/** Parents with 16 types each, and an mdev of each type on each. mdevUuid(1) is one of them. */
export function largeHost(parents: number): SimulatedHost {
  const types = Object.fromEntries(numbers(16).map((type) => [typeName(type), offered(ACCEPTING)]));
  const mdevs = numbers(parents * 16).map((index) => {
    const parent = parentName(Math.floor(index / 16));
    return [mdevUuid(index + 1), { parent, type: typeName(index % 16) }] as const;
  });
  return {
    name: 'large',
    parents: Object.fromEntries(numbers(parents).map((index) => [parentName(index), { driver: 'i915', types }])),
    mdevs: Object.fromEntries(mdevs),
  };
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function offered(rule: Rule): SimulatedType {
  return { deviceApi: 'vfio-pci', availableInstances: 1, migrationVersion: { read: VERSION, rule } };
}

function parentName(index: number): string {
  return `0000:${(index + 1).toString(16).padStart(2, '0')}:00.0`;
}

function typeName(index: number): string {
  return `i915-GVTg_V5_${String(index + 1)}`;
}
