// A mdev that is removed or created anew between the look and the question: the answer was another driver's.
import { expect, test } from 'vitest';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import type { SysfsIo } from '../../src/sysfs/io.ts';
import { stampOn, verdictOn } from './exchange.ts';

const stamped = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
const before = gvtHost('beta', 1);

// The host as it is until its driver was asked, and as it is from then on.
function changingSysfs(after: SimulatedHost): SysfsIo {
  const [first, second] = [simulatedSysfs(before), simulatedSysfs(after)];
  let now = first;
  return {
    ...first,
    realpath: (path) => now.realpath(path),
    offer(path, version) {
      now = second;
      return first.offer(path, version);
    },
  };
}

function withMdev(mdev: SimulatedHost['mdevs'][string] | undefined): SimulatedHost {
  const { [FIRST_MDEV]: gone, ...others } = before.mdevs;
  expect(gone).toBeDefined();
  return { ...before, mdevs: mdev === undefined ? others : { ...others, [FIRST_MDEV]: mdev } };
}

test.each([
  ['is gone', undefined],
  ['has another type', { parent: '0000:00:02.0', type: 'i915-GVTg_V5_8' }],
])('what accepted is not taken for an answer when the mdev %s afterwards', (_, mdev) => {
  const { outcome, devices } = verdictOn(before, stamped, changingSysfs(withMdev(mdev)));
  expect(outcome).toBe('undetermined');
  expect(devices[0]?.reasons).toMatchObject([{ code: 'destination-not-asked', cause: 'changed' }]);
});

test('what accepted is the answer when the mdev is the same afterwards', () => {
  expect(verdictOn(before, stamped, changingSysfs(before)).outcome).toBe('compatible');
});
