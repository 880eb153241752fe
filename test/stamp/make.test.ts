// From what was found on the source to its stamp.
import { expect, test } from 'vitest';
import { readGuest } from '../../src/preflight/guest.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { NOW, stampOn } from '../preflight/exchange.ts';
import { PARENT, TYPE, VERSION, withDeviceVersion, withTypeVersion } from '../preflight/hosts.ts';

const alpha = gvtHost('alpha', 1);

function stamped(host: SimulatedHost, uuids: readonly string[] = [FIRST_MDEV]): object[] {
  return readGuest(stampOn(host, guestXml('desktop-7', uuids))).cases.map((it) => it.stamped);
}

test('a stamp holds where the mdev is, its type, and the version of each node', () => {
  expect(stamped(alpha)).toEqual([
    {
      kind: 'device',
      host: { name: 'alpha', id: null },
      stampedAt: '2026-01-02T03:04:05Z',
      device: {
        index: 0,
        guestAddress: 'pci:0000:01:00.0',
        uuid: FIRST_MDEV,
        type: TYPE,
        parent: PARENT,
        versions: { device: { state: 'error', error: 'ENOENT' }, type: { state: 'version', bytes: VERSION } },
      },
    },
  ]);
  expect(NOW.getMilliseconds()).toBe(0);
});

test('a failed read is recorded under its errno, also one without a name', () => {
  const device = { read: { errno: 999 }, rule: { kind: 'i915' } } as const;
  expect(stamped(withDeviceVersion(withTypeVersion(alpha, { read: { errno: 524 } }), device))).toMatchObject([
    { device: { versions: { device: { error: 'errno 999' }, type: { error: 'ENOTSUPP' } } } },
  ]);
});

test('of an attribute that cannot be opened nothing is known, and nothing recorded', () => {
  expect(stamped(withTypeVersion(alpha, { openErrno: 13 }))).toMatchObject([{ device: { versions: { type: null } } }]);
});

test('a version that cannot be used is recorded as it is: the destination says what is wrong with it', () => {
  for (const read of ['', 'a\0b', '\u00ff', 'v'.repeat(4097)]) {
    expect(stamped(withTypeVersion(alpha, { read }))).toMatchObject([
      { device: { versions: { type: { state: 'version', bytes: read } } } },
    ]);
  }
});

test('each mdev of the guest has its own place', () => {
  expect(stamped(alpha, [SECOND_MDEV, FIRST_MDEV])).toMatchObject([
    { device: { index: 0, uuid: SECOND_MDEV, type: 'i915-GVTg_V5_8' } },
    { device: { index: 1, uuid: FIRST_MDEV, type: TYPE } },
  ]);
});
