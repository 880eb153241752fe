// What `virsh migrate` shows after a refusal.
import { describe, expect, test } from 'vitest';
import { tellReason, guestReference } from '../../src/model/reasons.ts';
import { refusalLine, refusalText } from '../../src/report/refusal.ts';
import { verdictIn, SITUATIONS } from '../preflight/situations.ts';
import { PLAIN_WORDS, PATH, refusedDevice, refusedGuest, UUID } from './verdicts.ts';

const rejected = (kernelLog: readonly string[] = []) =>
  ({ code: 'version-rejected', path: PATH, errno: 22, kernelLog }) as const;

test('a rejected version is told whole in one line', () => {
  expect(refusalText(refusedGuest(PLAIN_WORDS, refusedDevice(PLAIN_WORDS, rejected())), 'migrate')).toBe(
    `mdev-preflight: refused: guest 'desktop-7', mdev ${UUID} at pci:0000:01:00.0: version-rejected: ` +
      `the driver here rejects the source's version with EINVAL (Invalid argument); ` +
      `source 'alpha': type 'i915-GVTg_V5_4' version '8086-591d-GVTg_V5_4-00000001'; ` +
      `destination 'beta': parent '0000:00:02.0' version '8086-591d-GVTg_V5_4-00000001'. ` +
      `Next: choose another destination or bring both drivers to one level; versions here: mdev-preflight list\n`,
  );
});

test('the driver’s words follow, as what they are: lines that may be related', () => {
  const log = 'i915 0000:00:02.0: gvt: Migration version mismatched.';
  const text = refusalText(refusedGuest(PLAIN_WORDS, refusedDevice(PLAIN_WORDS, rejected([log, log]))), 'migrate');
  expect(text.trimEnd().split('\n').slice(1)).toEqual([`mdev-preflight: kernel log, possibly related: ${log}`]);
});

test('other reasons are named behind the gravest', () => {
  const device = refusedDevice(
    PLAIN_WORDS,
    { code: 'type-mismatch', sourceType: 'a', destinationType: 'b' },
    rejected(),
    {
      code: 'unstamped',
      otherDevices: false,
    },
  );
  expect(refusalText(refusedGuest(PLAIN_WORDS, device), 'migrate')).toContain(
    `the mdev here has type 'b', the source's has type 'a' (also version-rejected, unstamped); source`,
  );
});

test.each(SITUATIONS)('$code says who, what and what next in its first line', ({ code, trigger }) => {
  const verdict = verdictIn(trigger);
  const lines = refusalText(verdict, 'migrate').trimEnd().split('\n');
  expect(lines[0]).toMatch(
    new RegExp(`^mdev-preflight: refused: guest 'desktop-7', mdev ${UUID} at pci:0000:01:00.0: ${code}: `),
  );
  expect(lines[0]).toMatch(/; destination 'beta'/);
  const [device] = verdict.devices;
  const remedy =
    device?.reasons[0] === undefined ? '' : tellReason(device.reasons[0], guestReference(verdict.domain)).remedy;
  expect(lines[0]?.endsWith(`. Next: ${remedy}`)).toBe(true);
  for (const line of lines) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(600);
    expect(line).not.toMatch(/undefined|null/);
  }
});

describe('of several refused devices', () => {
  const device = refusedDevice(PLAIN_WORDS, rejected());
  const accepted = { ...device, outcome: 'compatible', reasons: [] } as const;
  const lines = (count: number): string[] =>
    refusalText(refusedGuest(PLAIN_WORDS, accepted, ...Array.from({ length: count }, () => device)), 'migrate')
      .trimEnd()
      .split('\n');

  test('each has a line, up to eight', () => {
    expect(lines(2)).toHaveLength(2);
    expect(lines(8)).toHaveLength(8);
    expect(lines(8).every((line) => line.startsWith('mdev-preflight: refused: '))).toBe(true);
  });

  test('the others are counted', () => {
    expect(lines(9)).toHaveLength(9);
    expect(lines(9).at(-1)).toBe("mdev-preflight: 1 more refused mdevs of guest 'desktop-7' are not shown");
    expect(lines(40).at(-1)).toBe("mdev-preflight: 32 more refused mdevs of guest 'desktop-7' are not shown");
  });
});

test('a refusal about no single device names guest, problem and what to do', () => {
  expect(refusalLine('desktop-7', 'the domain XML is empty', 'do this')).toBe(
    "mdev-preflight: refused: guest 'desktop-7': the domain XML is empty. Next: do this\n",
  );
});
