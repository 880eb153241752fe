// Where a driver, or the kernel before it, may never come back, and a guest for each.
import type { SimulatedHost, SimulatedMdev, SimulatedType } from '../../src/simulation/description.ts';
import { guestXml } from '../../src/simulation/examples.ts';
import { stampOn } from '../preflight/exchange.ts';

export interface StuckPlace {
  readonly name: string;
  /** What the refusal says of it, and its status. */
  readonly told: RegExp;
  readonly status: 1 | 3;
  /** The guest, stamped where nothing hangs. */
  readonly guest: string;
  /** It comes here; places that do not disturb each other may share a host. */
  readonly host: StuckHost;
}

export interface StuckHost {
  readonly description: SimulatedHost;
  readonly wellAgain: SimulatedHost;
}

const whole = { read: 'acme 7\n', rule: { kind: 'accept-all' } } as const;
const hangsRead = { ...whole, read: { hang: true } } as const;
const hangsWrite = { ...whole, rule: { kind: 'hang' } } as const;
const type: SimulatedType = { deviceApi: 'vfio-pci', availableInstances: 1, migrationVersion: whole };

/** Three mdevs of one type; the second is on a parent of its own. All names are those of one place. */
function names(place: number) {
  const digits = String(place).padStart(2, '0');
  const [parent, other, typeId] = [`0000:${digits}:02.0`, `0000:${digits}:03.0`, `acme-${digits}`];
  const [first, second, third] = [1, 2, 3].map((mdev) => `83b8f4f2-509f-382f-3c1e-0000000${digits}00${String(mdev)}`);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three');
  const home = `sys/devices/pci0000:00/${parent}`;
  return { parent, other, typeId, uuids: [first, second, third], first, second, third, home };
}
type Names = ReturnType<typeof names>;

function hostOf(
  { parent, other, typeId, first, second, third }: Names,
  mdev: Partial<SimulatedMdev> = {},
  types: readonly Partial<SimulatedType>[] = [],
): SimulatedHost {
  const offering = (change: Partial<SimulatedType> = {}): SimulatedHost['parents'][string] => ({
    driver: 'acme',
    types: { [typeId]: { ...type, ...change } },
  });
  const on = (name: string): SimulatedMdev => ({ parent: name, type: typeId });
  return {
    name: 'beta',
    parents: { [parent]: offering(types[0]), [other]: offering(types[1]) },
    mdevs: { [first]: { ...on(parent), ...mdev }, [second]: on(other), [third]: on(parent) },
  };
}

function without({ first }: Names, host: SimulatedHost): SimulatedHost {
  return { ...host, mdevs: Object.fromEntries(Object.entries(host.mdevs).filter(([uuid]) => uuid !== first)) };
}

interface Definition extends Pick<StuckPlace, 'name' | 'told'> {
  readonly status?: 1;
  readonly host: SimulatedHost;
  readonly uuids?: readonly string[];
  /** Others would be held here as well. */
  readonly alone?: true;
}

const said = (what: string): RegExp => new RegExp(`: deadline-exceeded: no answer before the deadline: ${what};`);
// That it is missing is certain, whatever the driver would have said.
const MISSING = /: destination-device-missing: .*\(also deadline-exceeded\)/;

const DEFINITIONS: readonly ((at: Names) => Definition)[] = [
  (at) => ({
    name: 'read(2) of the device node',
    told: said(`reading /sys/bus/mdev/devices/${at.first}/migration_version`),
    host: hostOf(at, { migrationVersion: hangsRead }),
  }),
  (at) => ({
    name: 'read(2) of the type node',
    told: said(`reading /sys/bus/mdev/devices/${at.first}/mdev_type/migration_version`),
    host: hostOf(at, {}, [{ migrationVersion: hangsRead }]),
  }),
  (at) => ({
    name: 'read(2) of device_api',
    told: said(`reading /sys/bus/mdev/devices/${at.first}/mdev_type/device_api`),
    host: { ...hostOf(at), stuck: { [`${at.home}/mdev_supported_types/${at.typeId}/device_api`]: 'read' } },
  }),
  (at) => ({
    name: 'write(2) to the device node',
    told: said(`writing /sys/bus/mdev/devices/${at.first}/migration_version`),
    host: hostOf(at, { migrationVersion: hangsWrite }),
  }),
  (at) => ({
    name: 'write(2) to the type node',
    told: said(`writing /sys/bus/mdev/devices/${at.first}/mdev_type/migration_version`),
    host: hostOf(at, {}, [{ migrationVersion: hangsWrite }]),
  }),
  (at) => ({
    name: 'the look-up of the mdev',
    told: said(`looking up /sys/bus/mdev/devices/${at.first}`),
    host: { ...hostOf(at), stuck: { [`${at.home}/${at.first}`]: 'look-up' } },
  }),
  (at) => ({
    name: 'the look-up of its type',
    told: said(`looking up /sys/bus/mdev/devices/${at.first}`),
    host: { ...hostOf(at), stuck: { [`${at.home}/${at.first}/mdev_type`]: 'look-up' } },
  }),
  (at) => ({
    name: 'the second of three mdevs',
    told: new RegExp(
      `^[^\\n]*${at.second}[^\\n]*${said(`writing [^\\n]*${at.second}/mdev_type/migration_version`).source}` +
        `[^\\n]*\\n[^\\n]*${at.third}[^\\n]*: deadline-exceeded: the deadline passed before this device's turn;[^\\n]*\\n$`,
    ),
    host: hostOf(at, {}, [{}, { migrationVersion: hangsWrite }]),
    uuids: at.uuids,
  }),
  (at) => ({
    name: 'write(2) to a parent that offers the type of a missing mdev',
    told: MISSING,
    status: 1,
    host: without(at, hostOf(at, {}, [{}, { migrationVersion: hangsWrite }])),
  }),
  (at) => ({
    name: 'the list of the parents, for a missing mdev',
    told: MISSING,
    status: 1,
    host: { ...without(at, hostOf(at)), stuck: { 'sys/class/mdev_bus': 'list' } },
    alone: true,
  }),
  (at) => ({
    name: 'the list of a parent’s types, for a missing mdev',
    told: MISSING,
    status: 1,
    host: { ...without(at, hostOf(at)), stuck: { [`${at.home}/mdev_supported_types`]: 'list' } },
    alone: true,
  }),
];

function together(hosts: readonly SimulatedHost[]): SimulatedHost {
  const all = hosts.reduce((one, other) => ({
    name: one.name,
    parents: { ...one.parents, ...other.parents },
    mdevs: { ...one.mdevs, ...other.mdevs },
    stuck: { ...one.stuck, ...other.stuck },
  }));
  return all;
}

const DEFINED = DEFINITIONS.map((define, index) => ({ at: names(index), ...define(names(index)) }));
const SOURCES = DEFINED.map(({ at, host }) =>
  hostOf(at, host.mdevs[at.first]?.migrationVersion === undefined ? {} : { migrationVersion: whole }),
);
const WELL = together(SOURCES);
const SHARED: StuckHost = {
  description: together(DEFINED.filter(({ alone }) => alone !== true).map(({ host }) => host)),
  wellAgain: WELL,
};

export const STUCK_PLACES: readonly StuckPlace[] = DEFINED.map(
  ({ at, name, told, status, host, uuids, alone }, index) => ({
    name,
    told,
    status: status ?? 3,
    guest: stampOn(SOURCES[index] ?? WELL, guestXml('mdevguest', uuids ?? [at.first])),
    host: alone === true ? { description: host, wellAgain: WELL } : SHARED,
  }),
);
