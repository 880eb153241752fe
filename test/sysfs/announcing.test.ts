// What is told before each action on a sysfs, which may be the last thing that is told.
import { expect, test } from 'vitest';
import type { Waiting } from '../../src/model/facts.ts';
import type { VersionBytes } from '../../src/model/version.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { announcing } from '../../src/sysfs/io.ts';
import { progressOn, stampOn } from '../preflight/exchange.ts';
import { withoutMdev } from '../preflight/hosts.ts';

const stamped = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
const MDEV = `/sys/bus/mdev/devices/${FIRST_MDEV}`;
const PARENT = '/sys/class/mdev_bus/0000:00:02.0';

test('of the look-ups of one mdev the first is told, and each read and each question', () => {
  const told = progressOn(simulatedSysfs(gvtHost('beta', 1)), stamped).flatMap((step) =>
    'waiting' in step ? [step.waiting] : [],
  );
  expect(told).toEqual([
    { action: 'look-up', path: MDEV },
    { action: 'read', path: `${MDEV}/mdev_type/device_api` },
    { action: 'read', path: `${MDEV}/migration_version` },
    { action: 'read', path: `${MDEV}/mdev_type/migration_version` },
    { action: 'look-up', path: MDEV },
    { action: 'write', path: `${MDEV}/mdev_type/migration_version` },
    { action: 'look-up', path: MDEV },
  ] satisfies Waiting[]);
});

// With it goes what is certain by then: that it is missing.
test('that a mdev is missing is told before the parents are listed, and each list is', () => {
  const steps = progressOn(simulatedSysfs(withoutMdev(gvtHost('beta', 1))), stamped);
  expect(steps.slice(0, 5)).toEqual([
    { device: 0, waiting: { action: 'look-up', path: MDEV } },
    { device: 0, look: { kind: 'missing' } },
    { device: 0, search: { state: 'under-way' } },
    { device: 0, waiting: { action: 'look-up', path: '/sys/class/mdev_bus' } },
    { device: 0, waiting: { action: 'look-up', path: `${PARENT}/mdev_supported_types` } },
  ]);
});

// Before, for it may never come back.
test('every read and question is announced before it is put, and of look-ups in a row the first', () => {
  const told: string[] = [];
  const io = announcing(
    {
      ...simulatedSysfs(gvtHost('beta', 1)),
      read(path) {
        told.push(`read ${path}`);
        return { path, state: 'absent' };
      },
    },
    ({ action, path }) => told.push(`${action}: ${path}`),
  );
  io.list('a');
  io.realpath('b');
  io.realpath('c');
  io.read('d');
  io.read('e');
  io.list('f');
  io.offer('g', 'v' as VersionBytes);
  io.offer('h', 'v' as VersionBytes);
  io.realpath('i');
  expect(told).toEqual([
    'look-up: /sys/a',
    'read: /sys/d',
    'read d',
    'read: /sys/e',
    'read e',
    'look-up: /sys/f',
    'write: /sys/g',
    'write: /sys/h',
    'look-up: /sys/i',
  ]);
});
