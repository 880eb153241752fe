// Simulated hosts with one GPU each, whose driver's version and tolerance a story chooses.
import type { Rule, SimulatedHost, SimulatedType } from '../../src/simulation/description.ts';
import { I915 } from '../../src/simulation/rules.ts';

const EINVAL = 22;

export const SMALL = 'i915-GVTg_V5_4';
export const LARGE = 'i915-GVTg_V5_8';
/** The mdevs that each host has: four of the small type, and one of the large. */
export const SLICES = [
  '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001',
  '83b8f4f2-509f-382f-3c1e-e6bfe0fa1002',
  '83b8f4f2-509f-382f-3c1e-e6bfe0fa1003',
  '83b8f4f2-509f-382f-3c1e-e6bfe0fa1004',
] as const;
export const LARGE_SLICE = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1008';

export interface Gpu {
  /** The PCI address; `0000:00:02.0` where it is left out. */
  readonly parent?: string;
  /** The driver's version, of which versionOf makes the text. */
  readonly version: number;
  /** What it accepts at the small type: its own version where it is left out. Null: it has no `migration_version`. */
  readonly rule?: Rule | null;
  /** The same for the large type. */
  readonly largeRule?: Rule | null;
}

export function gpuHost(name: string, gpu: Gpu): SimulatedHost {
  const { parent = '0000:00:02.0', version, rule = I915, largeRule = I915 } = gpu;
  const type = (id: string, tolerance: Rule | null): SimulatedType => ({
    deviceApi: 'vfio-pci',
    availableInstances: 1,
    ...(tolerance === null ? {} : { migrationVersion: { read: `${versionOf(version, id)}\n`, rule: tolerance } }),
  });
  const slices = SLICES.map((uuid) => [uuid, { parent, type: SMALL }] as const);
  return {
    name,
    parents: { [parent]: { driver: 'i915', types: { [SMALL]: type(SMALL, rule), [LARGE]: type(LARGE, largeRule) } } },
    mdevs: { ...Object.fromEntries(slices), [LARGE_SLICE]: { parent, type: LARGE } },
  };
}

export function versionOf(version: number, type = SMALL): string {
  return `8086-591d-${type.replace(/^i915-/, '')}-${String(version).padStart(8, '0')}`;
}

/** A driver that accepts these versions of the small type. */
export function accepting(...versions: readonly number[]): Rule {
  return { kind: 'accepted-versions', versions: versions.map((version) => `${versionOf(version)}\n`), errno: EINVAL };
}
