// A mdev that is removed, or made again, at any moment between two operations: what was judged, what was asked and what
// is handed back are of one and the same mdev, or there is no yes.
import { describe, expect, test } from 'vitest';
import { foundMdevs, readGuest } from '../../src/preflight/guest.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import type { SysfsIo } from '../../src/sysfs/io.ts';
import { interrupted } from './changing.ts';
import { progressOn, stampOn, verdictOn } from './exchange.ts';
import {
  OTHER_PARENT,
  OTHER_TYPE,
  VERSION,
  withDeviceVersion,
  withMdev,
  withOtherParent,
  withoutMdev,
  withType,
} from './hosts.ts';

const NODES = {
  'type node': (name: string): SimulatedHost => withOtherParent(gvtHost(name, 1)),
  'device node': (name: string): SimulatedHost =>
    withDeviceVersion(withOtherParent(gvtHost(name, 1)), { read: VERSION, rule: { kind: 'accept-all' } }),
};

// What becomes of the mdev; each would take the guest by itself, where it is a mdev of its type at all.
const CHANGES: readonly (readonly [string, (host: SimulatedHost) => SimulatedHost])[] = [
  ['is removed', withoutMdev],
  ['is removed with its parent', (host) => ({ ...withoutMdev(host), parents: {} })],
  ['is made again, of the same type on the same parent', (host) => withMdev(host, { creation: 1 })],
  ['is made again, of another type', (host) => withMdev(host, { creation: 1, type: OTHER_TYPE })],
  ['is made again, on another parent', (host) => withMdev(host, { creation: 1, parent: OTHER_PARENT })],
  [
    'is made again, with another device_api',
    (host) => withType(withMdev(host, { creation: 1 }), { deviceApi: 'vfio-ccw' }),
  ],
];

/** Which of `hosts` there is at each operation: the next one from the operation of each of `moments` on. */
function changing(hosts: readonly SimulatedHost[], moments: readonly number[]): SysfsIo & { used: () => number } {
  const each = hosts.map((host) => simulatedSysfs(host));
  const used = new Set<SysfsIo>();
  let now = each[0] ?? simulatedSysfs(gvtHost('none', 1));
  const io = interrupted(
    () => now,
    (operations) => {
      now = each[moments.filter((moment) => moment <= operations).length] ?? now;
      used.add(now);
    },
  );
  return { ...io, used: () => used.size };
}

const OPERATIONS = 9;

describe.each(Object.entries(NODES))('asked at its %s', (_, make) => {
  const stamped = stampOn(make('alpha'), guestXml('desktop-7', [FIRST_MDEV]));
  const before = make('beta');
  const unchanged = interrupted(
    () => simulatedSysfs(before),
    () => undefined,
  );

  test('a mdev that stays is accepted, in so many operations', () => {
    expect(verdictOn(before, stamped, unchanged).outcome).toBe('compatible');
    expect(unchanged.operations()).toBe(OPERATIONS);
  });

  test.each(CHANGES)('there is no yes for a mdev that %s, at whatever moment', (_change, change) => {
    const outcomes = Array.from({ length: OPERATIONS }, (_moment, moment) => {
      const io = changing([before, change(before)], [moment]);
      const { outcome, devices } = verdictOn(before, stamped, io);
      const reasons = devices.flatMap((device) => device.reasons.map(({ code }) => code));
      if (moment > 0) expect({ moment, outcome, reasons }).not.toMatchObject({ outcome: 'compatible' });
      expect(reasons.length > 0).toBe(outcome !== 'compatible');
      return [outcome, ...reasons].join(' ');
    });
    // Once the driver has accepted.
    expect(outcomes.at(-1)).toBe('undetermined destination-not-asked');
  });

  test.each(CHANGES)('nor for one that %s and is there again as it was', (_change, change) => {
    const again = withMdev(before, { creation: 2 });
    let accepted = 0;
    for (let first = 0; first < OPERATIONS; first += 1)
      for (let second = first; second < OPERATIONS; second += 1) {
        const io = changing([before, change(before), again], [first, second]);
        const { outcome } = verdictOn(before, stamped, io);
        if (outcome !== 'compatible') continue;
        accepted += 1;
        expect({ first, second, used: io.used() }).toMatchObject({ used: 1 });
      }
    expect(accepted).toBeGreaterThan(0);
  });

  test.each(CHANGES)('no stamp is made of two mdevs, where one %s', (_change, change) => {
    const guest = readGuest(guestXml('desktop-7', [FIRST_MDEV]));
    let found = 0;
    for (let moment = 0; moment < OPERATIONS; moment += 1) {
      const io = changing([before, change(before)], [moment]);
      const facts = foundMdevs(guest, progressOn(io, guestXml('desktop-7', [FIRST_MDEV]), false));
      if (facts.found.length === 0) continue;
      found += 1;
      expect({ moment, used: io.used() }).toMatchObject({ used: 1 });
    }
    expect(found).toBeGreaterThan(0);
  });

  test('what a driver refused stays refused, whichever it was', () => {
    const refusing = gvtHost('beta', 2);
    const host = withDeviceVersion(refusing, { read: VERSION, rule: { kind: 'reject', errno: 22 } });
    const io = changing([host, withMdev(host, { creation: 1 })], [OPERATIONS - 1]);
    expect(verdictOn(host, stamped, io)).toMatchObject({
      outcome: 'incompatible',
      devices: [{ reasons: [{ code: 'version-rejected' }] }],
    });
  });
});

test('a mdev that is never there when it is looked at which one it is has no yes', () => {
  const [gone, there] = [withoutMdev(gvtHost('beta', 1)), gvtHost('beta', 1)];
  const stamped = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
  // There for the look, and for the question.
  const io = changing([gone, there, gone, there, gone], [1, OPERATIONS - 3, OPERATIONS - 2, OPERATIONS - 1]);
  expect(verdictOn(there, stamped, io).outcome).toBe('undetermined');
});

test('a mdev that is made while the parents are asked is still told as missing', () => {
  const without = withoutMdev(gvtHost('beta', 1));
  const stamped = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
  for (let moment = 2; moment < 9; moment += 1) {
    const io = changing([without, gvtHost('beta', 1)], [moment]);
    const { outcome, devices } = verdictOn(without, stamped, io);
    expect({ outcome, reasons: devices[0]?.reasons }).toMatchObject({
      outcome: 'incompatible',
      reasons: [{ code: 'destination-device-missing', acceptingParent: '0000:00:02.0' }],
    });
  }
});
