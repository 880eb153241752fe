// Arbitrary facts: everything the types allow, whether a host could ever show it or not. Values come
// from small sets, so that what must agree for an acceptance agrees often enough.
import fc from 'fast-check';
import type { MdevHostdev } from '../../src/model/domain.ts';
import type { Answer, AttributeRead, CandidateFacts, DeviceFacts, DeviceLook } from '../../src/model/facts.ts';
import type { StampedFacts, StampedVersion } from '../../src/model/stamp.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import type { VersionBytes } from '../../src/model/version.ts';

const bytes = fc
  .oneof(
    { weight: 8, arbitrary: fc.constantFrom('v1\n', 'v2', 'v3', '', 'x'.repeat(5000), '\0', '\u00ff') },
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
  )
  .map((text) => text as VersionBytes);
const path = fc.constantFrom('/sys/a', '/sys/b');
const errno = fc.constantFrom(1, 2, 13, 22, 999);
const type = fc.constantFrom('t4', 't4', 't4', 't8');
const parent = fc.constantFrom('p', 'q');

function read(content: fc.Arbitrary<VersionBytes>): fc.Arbitrary<AttributeRead> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ path, state: fc.constant('read'), bytes: content }) },
    fc.record({ path, state: fc.constant('absent') }),
    fc.record({ path, state: fc.constantFrom('read-failed', 'open-failed'), errno }),
  );
}

const deviceApi = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ path, state: fc.constant('read'), bytes: fc.constant('vfio-pci\n' as VersionBytes) }),
  },
  read(fc.constantFrom('vfio-ccw', '').map((text) => text as VersionBytes)),
);

const answer: fc.Arbitrary<Answer> = fc.oneof<fc.Arbitrary<Answer>[]>(
  fc.record({ path, state: fc.constant('accepted') }),
  fc.record({ path, state: fc.constant('rejected'), errno, kernelLog: fc.array(fc.string(), { maxLength: 2 }) }),
  fc.record({ path, state: fc.constant('absent') }),
  fc.record({ path, state: fc.constant('open-failed'), errno }),
  fc.record({
    path,
    state: fc.constant('not-asked'),
    cause: fc.constantFrom('no-sysfs', 'no-write-counter', 'changed'),
  }),
  fc.record({ path, state: fc.constant('short'), taken: fc.nat(), length: fc.nat() }),
);

const look: fc.Arbitrary<DeviceLook> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('present'),
      type,
      parent,
      deviceApi,
      versions: fc.record({ device: read(bytes), type: read(bytes) }),
    }),
  },
  fc.record({ kind: fc.constant('missing') }),
  fc.record({ kind: fc.constant('unknown'), path, errno }),
);

const candidate: fc.Arbitrary<CandidateFacts> = fc.record({
  parent,
  type,
  deviceApi,
  availableInstances: read(fc.constantFrom('0\n', '3\n', 'many').map((text) => text as VersionBytes)),
  version: read(bytes),
  answer: fc.option(answer),
});

export const deviceFacts: fc.Arbitrary<DeviceFacts> = fc.record({
  look: fc.oneof({ weight: 8, arbitrary: look }, fc.constant(null)),
  candidates: fc.array(candidate, { maxLength: 3 }),
  search: fc.oneof<fc.Arbitrary<DeviceFacts['search']>[]>(
    fc.record({ state: fc.constantFrom('not-begun', 'under-way', 'complete') }),
    fc.record({ state: fc.constant('failed'), path, errno }),
  ),
  answer: fc.option(fc.oneof(answer, fc.record({ path, state: fc.constant('accepted') }))),
  waitingFor: fc.option(fc.record({ action: fc.constantFrom('read', 'write', 'look-up'), path })),
});

const stampedVersion: fc.Arbitrary<StampedVersion> = fc.oneof<fc.Arbitrary<StampedVersion>[]>(
  fc.record({ state: fc.constant('version'), bytes }),
  fc.record({ state: fc.constant('error'), error: fc.constantFrom('ENOENT', 'ENODEV', '') }),
);

export const stampedFacts: fc.Arbitrary<StampedFacts> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('device'),
      device: fc.record({
        index: fc.nat(3),
        guestAddress: fc.option(fc.string()),
        uuid: fc.option(fc.string()),
        type,
        parent: fc.option(parent),
        versions: fc.record({ device: fc.option(stampedVersion), type: fc.option(stampedVersion) }),
      }),
      host: fc.record({ name: fc.string(), id: fc.constant(null) }),
      stampedAt: fc.string(),
    }),
  },
  fc.record({ kind: fc.constantFrom('none', 'other-device') }),
  fc.record({ kind: fc.constant('invalid'), problem: fc.string() }),
);

export const hostdev: fc.Arbitrary<MdevHostdev> = fc.record({
  index: fc.nat(3),
  uuid: fc.constant('83b8f4f2-509f-382f-3c1e-e6bfe0fa1001' as Uuid),
  model: fc.constantFrom('vfio-pci', 'vfio-pci', 'vfio-pci', 'vfio-ccw', null),
  guestAddress: fc.option(fc.string()),
});
