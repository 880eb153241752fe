// A mdev that is not on this host: each parent that offers its type is asked, and what it answers is
// one thing, whether it has room another.
import { describe, expect, test } from 'vitest';
import type { DeviceVerdict } from '../../src/model/verdict.ts';
import { judgeDevice } from '../../src/judge/device.ts';
import type { DeviceFacts } from '../../src/model/facts.ts';
import { tellReason } from '../../src/model/reasons.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import { factsFrom } from '../../src/preflight/progress.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { progressOn, stampOn, verdictOn } from '../preflight/exchange.ts';
import {
  OTHER_PARENT,
  PARENT,
  TYPE,
  VERSION,
  withOtherParent,
  withDeviceVersion,
  withoutMdev,
  withoutTypeVersion,
  withType,
  withTypeVersion,
} from '../preflight/hosts.ts';
import { recordingSysfs } from './recording.ts';

const stamped = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
const empty = withoutMdev(gvtHost('beta', 1));
const full = { availableInstances: 0 };

function judged(destination: SimulatedHost): DeviceVerdict {
  const [device] = verdictOn(destination, stamped).devices;
  if (device === undefined) throw new Error('no device');
  return device;
}

const codes = ({ reasons }: DeviceVerdict): string[] => reasons.map(({ code }) => code);
const typeNode = (parent: string): string => `class/mdev_bus/${parent}/mdev_supported_types/${TYPE}/migration_version`;

test('each of several parents is asked once, at its type node, and each answer is told', () => {
  const destination = withOtherParent(empty, 2);
  const io = recordingSysfs(destination);
  const [device] = verdictOn(destination, stamped, io).devices;
  expect(io.offers).toEqual([
    { path: typeNode(PARENT), version: VERSION },
    { path: typeNode(OTHER_PARENT), version: VERSION },
  ]);
  expect(device?.candidates).toEqual([
    { parent: PARENT, type: TYPE, availableInstances: 1, accepts: true, errno: null },
    { parent: OTHER_PARENT, type: TYPE, availableInstances: 1, accepts: false, errno: 22 },
  ]);
  expect(device?.destination).toBeNull();
});

test('a parent that accepts and has room is named, with the command that makes the mdev there', () => {
  expect(judged(withOtherParent(withType(empty, full))).reasons).toEqual([
    {
      code: 'destination-device-missing',
      uuid: FIRST_MDEV,
      type: TYPE,
      acceptingParent: OTHER_PARENT,
      unaskedParent: null,
      offering: 2,
      refusing: 0,
    },
  ]);
});

test('a parent that can be asked only once the mdev is there is named, with the command that makes it', () => {
  const source = withDeviceVersion(withoutTypeVersion(gvtHost('alpha', 1)), {
    read: 'device-1',
    rule: { kind: 'accept-all' },
  });
  const xml = stampOn(source, guestXml('desktop-7', [FIRST_MDEV]));
  const reasons = verdictOn(empty, xml).devices[0]?.reasons ?? [];
  expect(reasons).toMatchObject([{ code: 'destination-device-missing', acceptingParent: null, unaskedParent: PARENT }]);
  expect(reasons.map((reason) => tellReason(reason, 'desktop-7').remedy).join()).toContain(
    `mdevctl start --uuid ${FIRST_MDEV} --parent ${PARENT} --type ${TYPE}`,
  );
});

describe('no-available-instances', () => {
  test('names every parent that accepts and is full', () => {
    expect(judged(withType(withOtherParent(withType(empty, full)), full, OTHER_PARENT)).reasons).toEqual([
      { code: 'no-available-instances', uuid: FIRST_MDEV, type: TYPE, parents: [PARENT, OTHER_PARENT] },
    ]);
  });

  test('is told where the one with room rejects', () => {
    const [reason] = judged(withOtherParent(withType(empty, full), 2)).reasons;
    expect(reason).toMatchObject({ code: 'no-available-instances', parents: [PARENT] });
  });

  test('is not told where every full parent rejects', () => {
    const device = judged(withType(withTypeVersion(empty, { rule: { kind: 'reject', errno: 22 } }), full));
    expect(codes(device)).toEqual(['destination-device-missing']);
  });

  test('is not told where the number of instances cannot be read: unknown is not full', () => {
    const guest = readGuest(stamped);
    const progress = progressOn(recordingSysfs(withType(empty, full)), stamped);
    const [facts] = factsFrom(1, progress);
    const [it] = guest.cases;
    if (facts === undefined || it === undefined) throw new Error('no facts');
    for (const availableInstances of [
      { path: '/p', state: 'read-failed', errno: 5 },
      { path: '/p', state: 'open-failed', errno: 13 },
      { path: '/p', state: 'absent' },
      { path: '/p', state: 'read', bytes: 'many\n' as never },
    ] as const) {
      const candidates = facts.candidates.map((candidate) => ({ ...candidate, availableInstances }));
      const changed: DeviceFacts = { ...facts, candidates };
      const device = judgeDevice(it.hostdev, it.stamped, changed);
      expect(device.candidates[0]?.availableInstances).toBeNull();
      expect(codes(device)).toEqual(['destination-device-missing']);
    }
    expect(codes(judgeDevice(it.hostdev, it.stamped, facts))).toEqual(['no-available-instances']);
  });
});

describe('a parent that offers the type', () => {
  test.each([
    ['without the attribute says no', withoutTypeVersion(empty), false, 2, 0],
    ['whose attribute cannot be read says no', withTypeVersion(empty, { read: { errno: 19 } }), false, 19, 0],
    ['whose attribute cannot be opened gives no answer', withTypeVersion(empty, { openErrno: 13 }), null, 13, 0],
    [
      'that takes a part gives no answer',
      withTypeVersion(empty, { rule: { kind: 'short-write', taken: 1 } }),
      null,
      null,
      1,
    ],
  ])('%s', (_, destination, accepts, errno, offers) => {
    const io = recordingSysfs(destination);
    const [device] = verdictOn(destination, stamped, io).devices;
    expect(device?.candidates).toMatchObject([{ accepts, errno }]);
    expect(device?.outcome).toBe('incompatible');
    expect(device?.reasons.map(({ code }) => code)).toEqual(['destination-device-missing']);
    expect(io.offers).toHaveLength(offers);
  });
});

describe('a parent whose type has another device_api', () => {
  const other = withType(empty, { deviceApi: 'vfio-ccw' });

  test('is not asked, and where there is no other the model is a reason of its own', () => {
    const io = recordingSysfs(other);
    const [device] = verdictOn(other, stamped, io).devices;
    expect(io.offers).toEqual([]);
    expect(device?.candidates).toMatchObject([{ accepts: null, errno: null }]);
    expect(device?.reasons.map(({ code }) => code)).toEqual(['destination-device-missing', 'model-mismatch']);
  });

  test('is no reason beside one that has the guest’s', () => {
    const device = judged(withOtherParent(other));
    expect(device.candidates).toMatchObject([{ accepts: null }, { accepts: true }]);
    expect(device.reasons).toMatchObject([{ code: 'destination-device-missing', acceptingParent: OTHER_PARENT }]);
  });
});

test('a version of the device node is never offered to a parent', () => {
  const source = gvtHost('alpha', 1);
  const stampedThere = stampOn(
    {
      ...withoutTypeVersion(source),
      mdevs: {
        [FIRST_MDEV]: { parent: PARENT, type: TYPE, migrationVersion: { read: VERSION, rule: { kind: 'i915' } } },
      },
    },
    guestXml('desktop-7', [FIRST_MDEV]),
  );
  const io = recordingSysfs(empty);
  const verdict = verdictOn(empty, stampedThere, io);
  expect(io.offers).toEqual([]);
  expect(verdict.devices[0]?.candidates).toMatchObject([{ accepts: null, errno: null }]);
  expect(verdict.outcome).toBe('incompatible');
});

test('a search that was cut short claims nothing of the parents it did not reach', () => {
  const guest = readGuest(stamped);
  const [it] = guest.cases;
  if (it === undefined) throw new Error('no case');
  const destination = withType(
    withOtherParent(withType(empty, { ...full, deviceApi: 'vfio-ccw' })),
    full,
    OTHER_PARENT,
  );
  const progress = progressOn(recordingSysfs(destination), stamped);
  for (let length = progress.length - 1; length > 0; length -= 1) {
    const [facts] = factsFrom(1, progress.slice(0, length));
    if (facts?.look?.kind !== 'missing') continue;
    const found = codes(judgeDevice(it.hostdev, it.stamped, facts));
    expect(found[0]).toBe('destination-device-missing');
    expect(found).not.toContain('no-available-instances');
    expect(found).not.toContain('destination-type-missing');
    expect(found).not.toContain('model-mismatch');
    if (facts.search.state === 'under-way') expect(found).toContain('deadline-exceeded');
  }
});
