// The host that the fuzzed guests come to, and, written down a second time, what its drivers accept.
import type { SimulatedHost, SimulatedMdev, SimulatedType } from '../../src/simulation/description.ts';
import { FIRST_MDEV, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';

export const THIRD_MDEV = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1003';
const beta = gvtHost('beta', 1);

const acme: SimulatedType = {
  deviceApi: 'vfio-pci',
  availableInstances: 2,
  migrationVersion: {
    read: 'acme 1\n',
    rule: { kind: 'accepted-versions', versions: ['acme 1\n', 'acme 0\n'], errno: 22 },
  },
};
const third: SimulatedMdev = {
  parent: '0000:00:03.0',
  type: 'constructor',
  migrationVersion: {
    read: 'acme 1 here\n',
    rule: { kind: 'accepted-versions', versions: ['acme 1 here'], errno: 22 },
  },
};

/** Two GPUs like the demo's, and a parent with a type that is called as what every object has. */
export const DESTINATION: SimulatedHost = {
  ...beta,
  parents: {
    ...beta.parents,
    '0000:00:03.0': {
      driver: 'acme',
      types: { constructor: acme },
    },
  },
  mdevs: { ...beta.mdevs, [THIRD_MDEV]: third },
};

interface Accepted {
  readonly type: string;
  /** Of each node; null where it has no attribute. One line end behind them counts for nothing. */
  readonly atType: readonly string[];
  readonly atDevice: readonly string[] | null;
}

export const ACCEPTED: ReadonlyMap<string, Accepted> = new Map([
  [FIRST_MDEV, { type: 'i915-GVTg_V5_4', atType: ['8086-591d-GVTg_V5_4-00000001'], atDevice: null }],
  [SECOND_MDEV, { type: 'i915-GVTg_V5_8', atType: ['8086-591d-GVTg_V5_8-00000001'], atDevice: null }],
  [THIRD_MDEV, { type: 'constructor', atType: ['acme 1', 'acme 0'], atDevice: ['acme 1 here'] }],
]);
