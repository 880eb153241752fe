// What is looked up on a host, and what is told where that cannot be done: no doubt becomes "not there".
import { describe, expect, test } from 'vitest';
import type { Uuid } from '../../src/model/uuid.ts';
import { FIRST_MDEV, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import type { SysfsIo } from '../../src/sysfs/io.ts';
import { activeMdevs, describeType, lookUpDevice, parents, typesOf } from '../../src/sysfs/look.ts';
import { OTHER_TYPE, PARENT, TYPE, VERSION } from '../preflight/hosts.ts';

const io = simulatedSysfs(gvtHost('beta', 1));
const UUID = FIRST_MDEV as Uuid;

/** The host, where following or listing one path fails. */
function failingAt(failing: string, errno: number): SysfsIo {
  const failed = { ok: false, errno } as const;
  return {
    ...io,
    realpath: (path) => (path === failing ? failed : io.realpath(path)),
    list: (path) => (path === failing ? failed : io.list(path)),
  };
}

describe('a mdev', () => {
  const device = `bus/mdev/devices/${UUID}`;

  test('that is not there is missing', () => {
    expect(lookUpDevice(failingAt(device, 2), UUID)).toEqual({ kind: 'missing' });
  });

  test('that cannot be followed is unknown, with the path and why', () => {
    expect(lookUpDevice(failingAt(device, 13), UUID)).toEqual({ kind: 'unknown', path: `/sys/${device}`, errno: 13 });
  });

  test.each([2, 13])('whose type cannot be followed (errno %i) is unknown, and never missing', (errno) => {
    const type = `${device}/mdev_type`;
    expect(lookUpDevice(failingAt(type, errno), UUID)).toEqual({ kind: 'unknown', path: `/sys/${type}`, errno });
  });

  test('that is there has the attributes of its own and those of its type', () => {
    expect(lookUpDevice(io, UUID)).toMatchObject({
      kind: 'present',
      type: TYPE,
      parent: PARENT,
      deviceApi: { path: `/sys/${device}/mdev_type/device_api`, bytes: 'vfio-pci\n' },
      versions: {
        device: { path: `/sys/${device}/migration_version`, state: 'absent' },
        type: { path: `/sys/${device}/mdev_type/migration_version`, state: 'read', bytes: VERSION },
      },
    });
  });
});

describe.each([
  ['the parent devices', 'class/mdev_bus', parents, [PARENT]],
  [
    'the types of a parent',
    `class/mdev_bus/${PARENT}/mdev_supported_types`,
    (host: SysfsIo) => typesOf(host, PARENT),
    [TYPE, OTHER_TYPE],
  ],
  ['the active mdevs', 'bus/mdev/devices', activeMdevs, [FIRST_MDEV, SECOND_MDEV]],
] as const)('%s', (_, path, list, names) => {
  test('are listed', () => {
    expect(list(io)).toEqual({ ok: true, value: names });
  });

  test('are none where the directory is not there', () => {
    expect(list(failingAt(path, 2))).toEqual({ ok: true, value: [] });
  });

  test('are not known where it cannot be listed', () => {
    expect(list(failingAt(path, 13))).toEqual({ ok: false, path: `/sys/${path}`, errno: 13 });
  });
});

test('a type is described by the attributes of its own directory', () => {
  const directory = `/sys/class/mdev_bus/${PARENT}/mdev_supported_types/${TYPE}`;
  expect(describeType(io, PARENT, TYPE)).toMatchObject({
    parent: PARENT,
    type: TYPE,
    name: { path: `${directory}/name` },
    description: { path: `${directory}/description` },
    deviceApi: { path: `${directory}/device_api` },
    availableInstances: { path: `${directory}/available_instances` },
    version: { path: `${directory}/migration_version`, bytes: VERSION },
  });
});
