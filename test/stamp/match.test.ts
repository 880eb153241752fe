// Which of a stamp's devices a hostdev is.
import { describe, expect, test } from 'vitest';
import type { MdevHostdev, StampReading } from '../../src/model/domain.ts';
import type { StampedDevice } from '../../src/model/stamp.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import { stampedFacts } from '../../src/stamp/match.ts';

const UUID = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001';

function device(index: number, guestAddress: string | null): StampedDevice {
  return {
    index,
    guestAddress,
    uuid: UUID,
    type: `type-${String(index)}`,
    parent: null,
    versions: { device: null, type: null },
  };
}

function stamp(...devices: StampedDevice[]): StampReading {
  return { kind: 'stamp', stamp: { host: { name: 'alpha', id: null }, stampedAt: '2026-01-02T03:04:05Z', devices } };
}

function hostdev(index: number, guestAddress: string | null, uuid = UUID): MdevHostdev {
  return { index, guestAddress, uuid: uuid as Uuid, model: 'vfio-pci' };
}

function typeOf(reading: StampReading, it: MdevHostdev): string {
  const facts = stampedFacts(reading)(it);
  return facts.kind === 'device' ? facts.device.type : facts.kind;
}

describe('a hostdev with a guest address', () => {
  const reading = stamp(device(0, 'pci:0000:01:00.0'), device(1, 'pci:0000:02:00.0'));

  test('is found by it, wherever it stands among the hostdevs', () => {
    expect(typeOf(reading, hostdev(0, 'pci:0000:02:00.0'))).toBe('type-1');
    expect(typeOf(reading, hostdev(1, 'pci:0000:01:00.0'))).toBe('type-0');
  });

  test('is found whatever its UUID became on the way', () => {
    expect(typeOf(reading, hostdev(0, 'pci:0000:01:00.0', '00000000-0000-0000-0000-000000000009'))).toBe('type-0');
  });

  test('that the stamp lacks is a changed device, though its UUID and index agree', () => {
    expect(typeOf(reading, hostdev(0, 'pci:0000:03:00.0'))).toBe('other-device');
    expect(typeOf(stamp(device(0, null)), hostdev(0, 'pci:0000:01:00.0'))).toBe('other-device');
  });
});

describe('a hostdev without a guest address (vfio-ap)', () => {
  const reading = stamp(device(0, 'ccw:fe.0.0001'), device(1, null), device(2, null));

  test('is found by its index', () => {
    expect(typeOf(reading, hostdev(1, null))).toBe('type-1');
    expect(typeOf(reading, hostdev(2, null))).toBe('type-2');
  });

  test('is never taken for a device that had an address', () => {
    expect(typeOf(reading, hostdev(0, null))).toBe('other-device');
  });

  test('that the stamp lacks is a changed device', () => {
    expect(typeOf(reading, hostdev(3, null))).toBe('other-device');
  });
});

test('without a stamp, or with an invalid one, that is what is known of every hostdev', () => {
  expect(stampedFacts({ kind: 'none' })(hostdev(0, null))).toEqual({ kind: 'none' });
  expect(stampedFacts({ kind: 'invalid', problem: 'p' })(hostdev(0, null))).toEqual({ kind: 'invalid', problem: 'p' });
});
