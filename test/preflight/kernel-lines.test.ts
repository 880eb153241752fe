// Which lines of the kernel log are told with a refusal: at the same moment other drivers may refuse other guests.
import { expect, test } from 'vitest';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { stampOn, verdictOn } from './exchange.ts';
import { OTHER_PARENT, PARENT, VERSION } from './hosts.ts';

const stamped = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
const [mine, other] = [VERSION.trim(), VERSION.trim().replace(/1$/, '9')];
const line = (parent: string, local: string, remote: string): string =>
  `i915 ${parent}: gvt: Local migration version:${local}\\x0a, Remote migration version:${remote}\\x0a`;

function told(lines: readonly string[]): readonly string[] {
  const host = gvtHost('beta', 2);
  const io = { ...simulatedSysfs(host), kernelLogSince: () => lines };
  const [reason] = verdictOn(host, stamped, io).devices[0]?.reasons ?? [];
  if (reason?.code !== 'version-rejected') throw new Error('not rejected');
  return reason.kernelLog;
}

const own = line(PARENT, other, mine);
const elsewhere = line(OTHER_PARENT, mine, other);
const neighbour = line(PARENT, other, `${other}0`);

test.each([
  ['its own, before those of a driver that has the very version that is refused here', [elsewhere, own], [own]],
  ['its own, before those of another guest at the same parent', [neighbour, own, neighbour], [own]],
  ['one that holds the version, where none names the parent', [`gvt: refused ${mine}`], [`gvt: refused ${mine}`]],
  ['one that names the parent, where none holds the version', [`i915 ${PARENT}: no`, 'other'], [`i915 ${PARENT}: no`]],
  ['none that does neither', ['other'], []],
])('it is %s', (_, lines, expected) => {
  expect(told(lines)).toEqual(expected);
});
