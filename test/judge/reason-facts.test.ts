// What a reason says beside its code: the node, the path, the errno and the parent that a person acts on.
import { describe, expect, test } from 'vitest';
import { judgeDevice } from '../../src/judge/device.ts';
import { candidateQuestion } from '../../src/judge/question.ts';
import type { Answer, AttributeRead, CandidateFacts, DeviceFacts, PresentDevice } from '../../src/model/facts.ts';
import type { MdevHostdev } from '../../src/model/domain.ts';
import type { Reason } from '../../src/model/reason.ts';
import type { StampedFacts, StampedVersion } from '../../src/model/stamp.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import type { DeviceVerdict } from '../../src/model/verdict.ts';
import type { VersionBytes } from '../../src/model/version.ts';

const HOSTDEV: MdevHostdev = {
  index: 0,
  uuid: '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001' as Uuid,
  model: 'vfio-pci',
  guestAddress: 'pci:0000:01:00.0',
};
const V: StampedVersion = { state: 'version', bytes: 'v1\n' as VersionBytes };
const ENOENT: StampedVersion = { state: 'error', error: 'ENOENT' };
const ENODEV: StampedVersion = { state: 'error', error: 'ENODEV' };

function stamped(device: StampedVersion | null, type: StampedVersion | null): StampedFacts {
  const uuid = HOSTDEV.uuid;
  return {
    kind: 'device',
    device: { index: 0, guestAddress: HOSTDEV.guestAddress, uuid, type: 't', parent: 'p', versions: { device, type } },
    host: { name: 'alpha', id: null },
    stampedAt: '2026-01-02T03:04:05Z',
  };
}

function read(bytes: string): AttributeRead {
  return { path: '/read', state: 'read', bytes: bytes as VersionBytes };
}

const DEVICE_NODE = '/device/migration_version';
const TYPE_NODE = '/type/migration_version';
const NO_DEVICE: AttributeRead = { path: DEVICE_NODE, state: 'absent' };
const NO_TYPE: AttributeRead = { path: TYPE_NODE, state: 'absent' };

function present(device: AttributeRead, type: AttributeRead, deviceApi = read('vfio-pci\n')): PresentDevice {
  return { kind: 'present', type: 't', parent: 'p', deviceApi, versions: { device, type } };
}

const FACTS: DeviceFacts = {
  look: null,
  candidates: [],
  search: { state: 'not-begun' },
  answer: null,
  waitingFor: null,
};

function judged(facts: StampedFacts, look: DeviceFacts['look'], others: Partial<DeviceFacts> = {}): DeviceVerdict {
  return judgeDevice(HOSTDEV, facts, { ...FACTS, look, ...others });
}

const here = present(NO_DEVICE, read('v1\n'));

describe('source-not-migratable', () => {
  test.each([
    ['the device node where reading it failed', ENODEV, V, 'device', 'ENODEV'],
    ['the type node where that failed', ENOENT, ENODEV, 'type', 'ENODEV'],
    ['the type node where neither is there', ENOENT, ENOENT, 'type', 'ENOENT'],
    ['the type node where the stamp leaves out both', null, null, 'type', 'ENOENT'],
  ] as const)('names %s', (_, device, type, node, error) => {
    expect(judged(stamped(device, type), here).reasons).toEqual([{ code: 'source-not-migratable', node, error }]);
  });
});

test('unstamped tells a guest without a stamp from a device that was changed since', () => {
  for (const [kind, otherDevices] of [
    ['none', false],
    ['other-device', true],
  ] as const)
    expect(judged({ kind }, here).reasons).toEqual([{ code: 'unstamped', otherDevices }]);
});

test('stamp-invalid names the node whose version cannot be offered, and why', () => {
  const empty: StampedVersion = { state: 'version', bytes: '' as VersionBytes };
  const problem = (facts: StampedFacts, look: DeviceFacts['look']): Reason | undefined =>
    judged(facts, look, { search: { state: 'complete' }, candidates: [candidate({})] }).reasons.at(-1);
  expect(problem(stamped(null, empty), here)).toEqual({
    code: 'stamp-invalid',
    problem: 'the version of its type node is empty',
  });
  expect(problem(stamped(null, empty), { kind: 'missing' })).toEqual({
    code: 'stamp-invalid',
    problem: 'the version of its type node is empty',
  });
  expect(problem(stamped(empty, null), present(read('v1\n'), NO_TYPE))).toEqual({
    code: 'stamp-invalid',
    problem: 'the version of its device node is empty',
  });
});

describe('destination-attribute-missing', () => {
  test.each([
    ['the device node, where the type has one', V, null, here, 'device', DEVICE_NODE, true],
    ['the device node, where nothing is there', V, null, present(NO_DEVICE, NO_TYPE), 'device', DEVICE_NODE, false],
    ['the type node, where the device has one', null, V, present(read('v1\n'), NO_TYPE), 'type', TYPE_NODE, true],
    ['the type node, where nothing is there', null, V, present(NO_DEVICE, NO_TYPE), 'type', TYPE_NODE, false],
  ] as const)('names %s', (_, device, type, look, node, path, elsewhere) => {
    expect(judged(stamped(device, type), look).reasons).toEqual([
      { code: 'destination-attribute-missing', node, path, elsewhere },
    ]);
  });

  test('names the node that went away before it was asked, and claims nothing of the other', () => {
    const answer: Answer = { path: TYPE_NODE, state: 'absent' };
    expect(judged(stamped(null, V), here, { answer }).reasons).toEqual([
      { code: 'destination-attribute-missing', node: 'type', path: TYPE_NODE, elsewhere: false },
    ]);
  });
});

test('destination-not-asked has the errno with which device_api could not be had', () => {
  const path = '/type/device_api';
  for (const [deviceApi, errno] of [
    [{ path, state: 'absent' }, 2],
    [{ path, state: 'read-failed', errno: 5 }, 5],
    [{ path, state: 'open-failed', errno: 13 }, 13],
  ] as const)
    expect(judged(stamped(null, V), present(NO_DEVICE, read('v1\n'), deviceApi)).reasons).toEqual([
      { code: 'destination-not-asked', path, errno, cause: 'device-api' },
    ]);
});

test('without a usable stamp the attribute that would be asked is the device’s, where it has one', () => {
  const unreadable: AttributeRead = { path: DEVICE_NODE, state: 'read-failed', errno: 19 };
  const { reasons, destination } = judged({ kind: 'none' }, present(unreadable, read('v1\n')));
  expect(reasons).toEqual([
    { code: 'destination-attribute-unreadable', path: DEVICE_NODE, errno: 19 },
    { code: 'unstamped', otherDevices: false },
  ]);
  expect(destination).toEqual({ type: 't', parent: 'p', version: null, node: 'device' });
});

describe('the source’s side of a verdict shows', () => {
  const missing = { kind: 'missing' } as const;
  test.each([
    ['the device’s version where both hosts have that node', V, V, present(read('v'), read('v')), 'v1\n', 'device'],
    ['the type’s version where the destination has no device node', V, V, here, 'v1\n', 'type'],
    ['the device’s version where it is the only one', V, ENOENT, here, 'v1\n', 'device'],
    ['the device’s version where it is the only one, and no mdev is here', V, null, missing, 'v1\n', 'device'],
    ['the type’s version where no mdev is here: its parents are asked', V, V, missing, 'v1\n', 'type'],
    ['the type node where neither had one', ENOENT, ENOENT, here, null, 'type'],
    ['the type node where the device’s failed', ENODEV, ENODEV, present(read('v'), read('v')), null, 'type'],
    ['no node where nothing is known of it', null, null, here, null, null],
    ['no node where nothing is known of the type’s', ENOENT, null, missing, null, null],
  ] as const)('%s', (_, device, type, look, version, node) => {
    expect(judged(stamped(device, type), look).source).toMatchObject({ type: 't', parent: 'p', version, node });
  });
});

function candidate(change: Partial<CandidateFacts>): CandidateFacts {
  return {
    parent: 'p',
    type: 't',
    deviceApi: read('vfio-pci\n'),
    availableInstances: read('3\n'),
    version: read('v1\n'),
    answer: null,
    ...change,
  };
}

describe('a mdev that is not here', () => {
  const reasonsFor = (facts: StampedFacts, others: Partial<DeviceFacts>): readonly Reason[] =>
    judged(facts, { kind: 'missing' }, { search: { state: 'complete' }, ...others }).reasons;
  const missing = { code: 'destination-device-missing', uuid: HOSTDEV.uuid, type: 't', acceptingParent: null } as const;
  const rejected: Answer = { path: '/q', state: 'rejected', errno: 22, kernelLog: [] };
  const full = read('0\n');

  test('is told with how many parents offer its type, and how many of them said no', () => {
    const candidates = [candidate({ answer: rejected }), candidate({ answer: rejected }), candidate({})];
    expect(reasonsFor(stamped(null, V), { candidates })).toEqual([
      { ...missing, unaskedParent: null, offering: 3, refusing: 2 },
    ]);
  });

  test('names a parent that may be asked later only where it has room, and the source has no type version', () => {
    const candidates = [candidate({ availableInstances: full }), candidate({ parent: 'q' })];
    const parentFor = (facts: StampedFacts, offered = candidates): unknown => {
      const [reason] = reasonsFor(facts, { candidates: offered });
      return reason?.code === 'destination-device-missing' ? reason.unaskedParent : reason;
    };
    expect(parentFor(stamped(V, null))).toBe('q');
    expect(parentFor(stamped(V, ENODEV))).toBe('q');
    expect(parentFor(stamped(V, null), candidates.slice(0, 1))).toBeNull();
    expect(parentFor(stamped(V, V))).toBeNull();
    // The source said no: no parent will be asked.
    expect(parentFor(stamped(null, null))).toBeNull();
    expect(parentFor(stamped(ENODEV, null))).toBeNull();
  });

  test('is told with where the search for parents failed, and why', () => {
    const search = { state: 'failed', path: '/sys/class/mdev_bus', errno: 13 } as const;
    expect(reasonsFor(stamped(null, V), { search })).toEqual([
      { ...missing, unaskedParent: null, offering: 0, refusing: 0 },
      { code: 'destination-not-asked', path: '/sys/class/mdev_bus', errno: 13, cause: 'look-up' },
    ]);
  });
});

describe('a parent that offers the type', () => {
  const path = '/p/migration_version';
  const told = (change: Partial<CandidateFacts>): unknown =>
    judged(stamped(null, V), { kind: 'missing' }, { candidates: [candidate(change)] }).candidates[0];

  test.each<[string, Answer, boolean | null, number | null]>([
    ['accepts', { path, state: 'accepted' }, true, null],
    ['rejects', { path, state: 'rejected', errno: 22, kernelLog: [] }, false, 22],
    ['lost its attribute: a no', { path, state: 'absent' }, false, 2],
    ['could not be opened: no answer', { path, state: 'open-failed', errno: 13 }, null, 13],
    ['is on no sysfs: no answer', { path, state: 'not-asked', cause: 'no-sysfs' }, null, null],
    ['took a part: no answer', { path, state: 'short', taken: 1, length: 3 }, null, null],
  ])('%s', (_, answer, accepts, errno) => {
    expect(told({ answer })).toEqual({ parent: 'p', type: 't', availableInstances: 3, accepts, errno });
  });

  test.each([
    ['0\n', 0],
    ['7', 7],
    ['12\n', 12],
    ['999999999\n', 999_999_999],
    ['1000000000\n', null],
    ['-1\n', null],
    ['x3\n', null],
    ['3 of 8\n', null],
    ['3\n\n', null],
    ['', null],
  ])('has as many instances as its attribute says in digits: %j', (bytes, count) => {
    expect(told({ availableInstances: read(bytes) })).toMatchObject({ availableInstances: count });
  });

  test('is asked only with a type’s version, of its own type and the guest’s model, that the source would stand by', () => {
    const question = { node: 'type', version: 'v1\n' };
    expect(candidateQuestion(HOSTDEV, stamped(null, V), candidate({}))).toEqual(question);
    expect(candidateQuestion(HOSTDEV, stamped(ENOENT, V), candidate({}))).toEqual(question);
    const never: readonly (readonly [StampedFacts, Partial<CandidateFacts>])[] = [
      [stamped(ENODEV, V), {}],
      [stamped(V, null), {}],
      [{ kind: 'none' }, {}],
      [stamped(null, V), { type: 't8' }],
      [stamped(null, V), { deviceApi: read('vfio-ccw\n') }],
      [stamped(null, V), { version: { path, state: 'absent' } }],
    ];
    for (const [facts, change] of never) expect(candidateQuestion(HOSTDEV, facts, candidate(change))).toBeNull();
  });
});
