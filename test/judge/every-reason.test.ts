// Every reason is told at once, and a driver is asked only when nothing known speaks against it.
import { describe, expect, test } from 'vitest';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { stampOn, verdictOn } from '../preflight/exchange.ts';
import { OTHER_TYPE, withMdev, withoutMdev, withType, withTypeVersion } from '../preflight/hosts.ts';
import { recordingSysfs } from './recording.ts';

const alpha = gvtHost('alpha', 1);
const beta = gvtHost('beta', 1);
const stamped = stampOn(alpha, guestXml('desktop-7', [FIRST_MDEV]));
const ccw = (xml: string): string => xml.replace("model='vfio-pci'", "model='vfio-ccw'");

function judged(destination: SimulatedHost, xml = stamped): { codes: string[]; offers: number } {
  const io = recordingSysfs(destination);
  const codes = verdictOn(destination, xml, io).devices.flatMap(({ reasons }) => reasons.map(({ code }) => code));
  return { codes, offers: io.offers.length };
}

describe('no driver is asked', () => {
  test('after a type mismatch', () => {
    expect(judged(withMdev(beta, { type: OTHER_TYPE }))).toEqual({ codes: ['type-mismatch'], offers: 0 });
  });

  test('after a model mismatch', () => {
    expect(judged(beta, ccw(stamped))).toEqual({ codes: ['model-mismatch'], offers: 0 });
  });

  test('for a hostdev without a model', () => {
    expect(judged(beta, stamped.replace(" model='vfio-pci'", ''))).toEqual({ codes: ['model-mismatch'], offers: 0 });
  });

  test('after a failed read', () => {
    const unreadable = withTypeVersion(beta, { read: { errno: 5 } });
    expect(judged(unreadable)).toEqual({ codes: ['destination-attribute-unreadable'], offers: 0 });
  });

  test('where opening the attribute for reading fails', () => {
    expect(judged(withTypeVersion(beta, { openErrno: 1 }))).toEqual({ codes: ['destination-not-asked'], offers: 0 });
  });

  test('without a stamp', () => {
    expect(judged(beta, guestXml('desktop-7', [FIRST_MDEV]))).toEqual({ codes: ['unstamped'], offers: 0 });
  });

  test.each([
    ['empty', ''],
    ['with a NUL', 'a\0b'],
    ['not ASCII', 'version-\u00e9'],
    ['longer than 4096 bytes', 'v'.repeat(4097)],
  ])('with a version that is %s', (_, read) => {
    const xml = stampOn(withTypeVersion(alpha, { read }), guestXml('desktop-7', [FIRST_MDEV]));
    expect(judged(withTypeVersion(beta, { rule: { kind: 'accept-all' } }), xml)).toEqual({
      codes: ['stamp-invalid'],
      offers: 0,
    });
  });
});

test('a version of 4096 bytes is offered', () => {
  const read = 'v'.repeat(4096);
  const xml = stampOn(withTypeVersion(alpha, { read }), guestXml('desktop-7', [FIRST_MDEV]));
  expect(judged(withTypeVersion(beta, { read }), xml)).toEqual({ codes: [], offers: 1 });
});

describe('all reasons of a device are told at once:', () => {
  test('type and model', () => {
    const { codes, offers } = judged(withMdev(beta, { type: OTHER_TYPE }), ccw(stamped));
    expect(codes).toEqual(['type-mismatch', 'model-mismatch']);
    expect(offers).toBe(0);
  });

  test('type, model and a failed read', () => {
    const other = beta.parents['0000:00:02.0']?.types[OTHER_TYPE];
    const destination = withMdev(
      {
        ...beta,
        parents: {
          p: {
            driver: 'i915',
            types: {
              other: {
                ...other,
                deviceApi: 'vfio-ap',
                availableInstances: 0,
                migrationVersion: { read: { errno: 19 }, rule: { kind: 'i915' } },
              },
            },
          },
        },
      },
      { parent: 'p', type: 'other' },
    );
    expect(judged(destination)).toEqual({
      codes: ['type-mismatch', 'model-mismatch', 'destination-attribute-unreadable'],
      offers: 0,
    });
  });

  test('model and a missing stamp, the incompatible one first', () => {
    const xml = ccw(guestXml('desktop-7', [FIRST_MDEV]));
    expect(judged(beta, xml)).toEqual({ codes: ['model-mismatch', 'unstamped'], offers: 0 });
  });

  test('a missing stamp and a failed read, the incompatible one first', () => {
    const xml = guestXml('desktop-7', [FIRST_MDEV]);
    expect(judged(withTypeVersion(beta, { read: { errno: 5 } }), xml).codes).toEqual([
      'destination-attribute-unreadable',
      'unstamped',
    ]);
  });

  test('a missing device and a missing stamp', () => {
    expect(judged(withoutMdev(beta), guestXml('desktop-7', [FIRST_MDEV])).codes).toEqual([
      'destination-device-missing',
      'unstamped',
    ]);
  });

  test('a missing device and a source that cannot migrate', () => {
    const xml = stampOn(withTypeVersion(alpha, { read: { errno: 19 } }), guestXml('desktop-7', [FIRST_MDEV]));
    expect(judged(withoutMdev(beta), xml).codes).toEqual(['destination-device-missing', 'source-not-migratable']);
  });

  test('a missing device and a version that cannot be offered', () => {
    const xml = stampOn(withTypeVersion(alpha, { read: '' }), guestXml('desktop-7', [FIRST_MDEV]));
    expect(judged(withoutMdev(beta), xml).codes).toEqual(['destination-device-missing', 'stamp-invalid']);
  });
});

test('every device of the guest is judged, also behind a refused one', () => {
  const xml = stampOn(alpha, guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]));
  const { outcome, devices } = verdictOn(withType(withoutMdev(beta), { availableInstances: 0 }), xml);
  expect(outcome).toBe('incompatible');
  expect(devices.map((device) => device.outcome)).toEqual(['incompatible', 'compatible']);
});
