// The simulated sysfs has the shape of a real one, links included.
import { describe, expect, test } from 'vitest';
import type { VersionBytes } from '../../src/model/version.ts';
import { FIRST_MDEV, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { OTHER_TYPE, PARENT, TYPE, VERSION, withDeviceVersion, withTypeVersion } from '../preflight/hosts.ts';

const host = gvtHost('alpha', 1);
const io = simulatedSysfs(host);
const MDEV = `bus/mdev/devices/${FIRST_MDEV}`;
const HOME = `/sys/devices/pci0000:00/${PARENT}`;

describe('links lead to the one real place', () => {
  test.each([
    [MDEV, `${HOME}/${FIRST_MDEV}`],
    [`${MDEV}/mdev_type`, `${HOME}/mdev_supported_types/${TYPE}`],
    [`class/mdev_bus/${PARENT}`, HOME],
    [`class/mdev_bus/${PARENT}/mdev_supported_types/${TYPE}`, `${HOME}/mdev_supported_types/${TYPE}`],
    [`${MDEV}/mdev_type/../${OTHER_TYPE}`, `${HOME}/mdev_supported_types/${OTHER_TYPE}`],
    [`${MDEV}/..`, HOME],
    [`${MDEV}/iommu_group`, '/sys/kernel/iommu_groups/0'],
    [`bus/mdev/devices/${SECOND_MDEV}/iommu_group`, '/sys/kernel/iommu_groups/1'],
    [`kernel/iommu_groups/1/devices/${SECOND_MDEV}`, `${HOME}/${SECOND_MDEV}`],
    ['../sys/class', '/sys/class'],
    ['../../../sys/class', '/sys/class'],
  ])('%s', (path, value) => {
    expect(io.realpath(path)).toEqual({ ok: true, value });
  });
});

test('what is not there is ENOENT, and what is below a file ENOTDIR', () => {
  expect(io.realpath('bus/mdev/devices/none')).toEqual({ ok: false, errno: 2 });
  expect(io.list('class/none')).toEqual({ ok: false, errno: 2 });
  expect(io.realpath(`${MDEV}/mdev_type/device_api/x`)).toEqual({ ok: false, errno: 20 });
  expect(io.list(`${MDEV}/mdev_type/device_api`)).toEqual({ ok: false, errno: 20 });
});

test('directories list their names in order', () => {
  expect(io.list('bus/mdev/devices')).toEqual({ ok: true, value: [FIRST_MDEV, SECOND_MDEV] });
  expect(io.list(`class/mdev_bus/${PARENT}/mdev_supported_types`)).toEqual({ ok: true, value: [TYPE, OTHER_TYPE] });
  expect(io.list(`${MDEV}/mdev_type`)).toEqual({
    ok: true,
    value: ['available_instances', 'create', 'description', 'device_api', 'devices', 'migration_version', 'name'],
  });
});

test('attributes read with their newline, under the path of a real host', () => {
  const path = `${MDEV}/mdev_type/device_api`;
  expect(io.read(path)).toEqual({ path: `/sys/${path}`, state: 'read', bytes: 'vfio-pci\n' });
  expect(io.read(`${MDEV}/mdev_type/available_instances`)).toMatchObject({ bytes: '1\n' });
  expect(io.read(`${MDEV}/mdev_type/migration_version`)).toMatchObject({ bytes: VERSION });
});

test('an attribute that is absent, closed, or fails to read is told apart', () => {
  const attribute = `${MDEV}/mdev_type/migration_version`;
  expect(io.read(`${MDEV}/migration_version`)).toMatchObject({ state: 'absent' });
  expect(io.offer(`${MDEV}/migration_version`, VERSION as VersionBytes)).toMatchObject({ state: 'absent' });
  const closed = simulatedSysfs(withTypeVersion(host, { openErrno: 13 }));
  expect(closed.read(attribute)).toMatchObject({ state: 'open-failed', errno: 13 });
  expect(closed.offer(attribute, VERSION as VersionBytes)).toMatchObject({ state: 'open-failed', errno: 13 });
  const failing = simulatedSysfs(withTypeVersion(host, { read: { errno: 19 } }));
  expect(failing.read(attribute)).toMatchObject({ state: 'read-failed', errno: 19 });
});

test('only an attribute with a store method can be offered anything', () => {
  expect(io.offer(`${MDEV}/mdev_type/device_api`, 'x' as VersionBytes)).toMatchObject({
    state: 'open-failed',
    errno: 13,
  });
});

test('the two nodes of a mdev are two attributes, and the type node is one from either side', () => {
  const two = simulatedSysfs(withDeviceVersion(host, { read: 'd', rule: { kind: 'reject', errno: 22 } }));
  expect(two.offer(`${MDEV}/migration_version`, 'd' as VersionBytes)).toMatchObject({ state: 'rejected', errno: 22 });
  for (const path of [`${MDEV}/mdev_type`, `class/mdev_bus/${PARENT}/mdev_supported_types/${TYPE}`])
    expect(two.offer(`${path}/migration_version`, VERSION as VersionBytes)).toMatchObject({ state: 'accepted' });
});

test('a short write tells how much was taken', () => {
  const short = simulatedSysfs(withTypeVersion(host, { rule: { kind: 'short-write', taken: 3 } }));
  expect(short.offer(`${MDEV}/mdev_type/migration_version`, VERSION as VersionBytes)).toMatchObject({
    state: 'short',
    taken: 3,
    length: VERSION.length,
  });
});

test('the kernel log has the lines since a moment, under driver and parent, each on one line', () => {
  const fresh = simulatedSysfs(host);
  const path = `${MDEV}/mdev_type/migration_version`;
  fresh.offer(path, 'x' as VersionBytes);
  const moment = fresh.kernelLogNow();
  expect(fresh.kernelLogSince(moment)).toEqual([]);
  fresh.offer(path, 'y\n' as VersionBytes);
  expect(fresh.kernelLogSince(moment)).toEqual([
    `i915 ${PARENT}: gvt: Migration version mismatched. Possible reason: wrong string format. probably wrong GVT version. ` +
      `Local migration version:8086-591d-GVTg_V5_4-00000001\\x0a, Remote migration version:y\\x0a`,
  ]);
});
