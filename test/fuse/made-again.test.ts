// A mdev that is removed or made again at any moment between two system calls of whoever looks at it and asks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VersionBytes } from '../../src/model/version.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { kernelSysfs } from '../../src/sysfs/kernel-io.ts';
import { attempt } from '../../src/sysfs/system-call.ts';
import { interrupted } from '../preflight/changing.ts';
import { stampOn, verdictOn } from '../preflight/exchange.ts';
import { OTHER_TYPE, VERSION, withDeviceVersion, withMdev, withoutMdev } from '../preflight/hosts.ts';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CAN_MOUNT, type MountedHost, mountHost } from './mount.ts';

const MDEV = `bus/mdev/devices/${FIRST_MDEV}`;

describe.skipIf(!CAN_MOUNT)('a mdev that is made again (needs root and /dev/fuse)', () => {
  let host: MountedHost;
  beforeAll(async () => {
    host = await mountHost(gvtHost('beta', 1));
  });
  afterAll(() => host.unmount());

  const withAttribute = withDeviceVersion(gvtHost('beta', 1), { read: VERSION, rule: { kind: 'accept-all' } });

  test('is another one, whatever its driver says, and stays the same one otherwise', () => {
    const identity = (): unknown => kernelSysfs(host.sysfsRoot).identity(MDEV);
    const seen = [
      gvtHost('beta', 1),
      gvtHost('beta', 2),
      withMdev(gvtHost('beta', 1), { creation: 1 }),
      withMdev(gvtHost('beta', 1), { creation: 1, type: OTHER_TYPE }),
      withoutMdev(gvtHost('beta', 1)),
      withMdev(gvtHost('beta', 1), { creation: 2 }),
    ].map((it) => {
      host.change(it);
      return identity();
    });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[4]).toEqual({ ok: false, errno: 2 });
    expect(new Set(seen.map((it) => JSON.stringify(it))).size).toBe(5);
  });

  test('cannot be asked through what was opened before', () => {
    host.change(withAttribute);
    const descriptor = openSync(join(host.sysfsRoot, MDEV, 'migration_version'), 'r+');
    const write = (): unknown => attempt(() => writeSync(descriptor, VERSION));
    expect(write()).toEqual({ ok: true, value: VERSION.length });
    host.change(withMdev(withAttribute, { creation: 1 }));
    expect(write()).toEqual({ ok: false, errno: 19 });
    closeSync(descriptor);
    const other = kernelSysfs(host.sysfsRoot).offer(`${MDEV}/migration_version`, VERSION as VersionBytes);
    expect(other.state).toBe('accepted');
  });

  test.each<[string, SimulatedHost]>([
    ['type node', gvtHost('beta', 1)],
    ['device node', withAttribute],
  ])('is no yes at whatever moment it is, asked at its %s', (_, before) => {
    const stamped = stampOn(before, guestXml('desktop-7', [FIRST_MDEV]));
    const at = (moment: number, ...after: SimulatedHost[]): string => {
      host.change(before);
      const io = interrupted(
        () => kernelSysfs(host.sysfsRoot),
        (operations) => {
          const next = after[operations - moment];
          if (next !== undefined) host.change(next);
        },
      );
      return verdictOn(before, stamped, io).outcome;
    };
    expect(at(Infinity)).toBe('compatible');
    const again = withMdev(before, { creation: 1 });
    for (let moment = 1; moment < 9; moment += 1) {
      expect({ moment, outcome: at(moment, again) }).toEqual({ moment, outcome: 'undetermined' });
      expect({ moment, outcome: at(moment, withoutMdev(before)) }).not.toMatchObject({ outcome: 'compatible' });
      // From A to B, and a moment later to A, which is another A.
      const other = withMdev(before, { creation: 1, type: OTHER_TYPE });
      expect({ moment, outcome: at(moment, other, withMdev(before, { creation: 2 })) }).not.toMatchObject({
        outcome: 'compatible',
      });
    }
  });
});
