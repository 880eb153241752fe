// The following service writes a guest's stamp anew where this one says something else: not too often, and never too
// seldom, for a stamp that is wrong lets an incompatible migration pass.
import { expect, test } from 'vitest';
import type { Stamp, StampedDevice, StampedVersion } from '../../src/model/stamp.ts';
import type { VersionBytes } from '../../src/model/version.ts';
import { sameFacts } from '../../src/stamp/same.ts';

const DEVICE: StampedDevice = {
  index: 0,
  guestAddress: 'pci:0000:01:00.0',
  uuid: '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001',
  type: 't',
  parent: 'p',
  versions: { device: null, type: version('v1\n') },
};
const STAMP: Stamp = { host: { name: 'alpha', id: 'i' }, stampedAt: '2026-01-02T03:04:05Z', devices: [DEVICE] };

function version(bytes: string): StampedVersion {
  return { state: 'version', bytes: bytes as VersionBytes };
}

function withDevice(change: Partial<StampedDevice>): Stamp {
  return { ...STAMP, devices: [{ ...DEVICE, ...change }] };
}

function withVersion(type: StampedVersion | null): Stamp {
  return withDevice({ versions: { device: null, type } });
}

test('the time alone makes no difference', () => {
  expect(sameFacts(STAMP, { ...STAMP, stampedAt: '2026-05-06T07:08:09Z' })).toBe(true);
});

test.each([
  ['the host’s name', { ...STAMP, host: { name: 'beta', id: 'i' } }],
  ['the host’s id', { ...STAMP, host: { name: 'alpha', id: 'j' } }],
  ['an id that is gone', { ...STAMP, host: { name: 'alpha', id: null } }],
  ['a device that is gone', { ...STAMP, devices: [] }],
  ['a device more', { ...STAMP, devices: [DEVICE, { ...DEVICE, index: 1, guestAddress: null }] }],
  ['the index', withDevice({ index: 1 })],
  ['the guest address', withDevice({ guestAddress: null })],
  ['the uuid', withDevice({ uuid: '83b8f4f2-509f-382f-3c1e-e6bfe0fa1002' })],
  ['the type', withDevice({ type: 't8' })],
  ['the parent', withDevice({ parent: 'q' })],
  ['the node of a version', withDevice({ versions: { device: version('v1\n'), type: null } })],
  ['a version', withVersion(version('v2\n'))],
  ['a version by its line end', withVersion(version('v1'))],
  ['an error in the place of a version', withVersion({ state: 'error', error: 'v1%0A' })],
  ['a version that is gone', withVersion(null)],
])('%s makes a difference', (_, other) => {
  expect(sameFacts(STAMP, other)).toBe(false);
  expect(sameFacts(other, STAMP)).toBe(false);
});

test('a name counts as it is written, a version byte for byte', () => {
  const named = (name: string): Stamp => ({ ...STAMP, host: { name, id: null } });
  expect(sameFacts(named('al\u0000pha'), named('al\\x00pha'))).toBe(true);
  expect(sameFacts(withVersion(version('v\u0000')), withVersion(version('v\\x00')))).toBe(false);
});
