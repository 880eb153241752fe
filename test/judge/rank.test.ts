// `incompatible` outranks `undetermined`, which outranks `compatible`: for reasons, devices and guests.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { worstOutcome } from '../../src/judge/device.ts';
import { exitStatus } from '../../src/judge/guest.ts';
import type { Outcome } from '../../src/model/reason.ts';
import { FIRST_MDEV, guestXml, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { stampOn, verdictOn } from '../preflight/exchange.ts';
import { withType, withTypeVersion } from '../preflight/hosts.ts';

const alpha = gvtHost('alpha', 1);
const beta = gvtHost('beta', 1);
const xml = stampOn(alpha, guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]));
const undetermined = { rule: { kind: 'short-write', taken: 3 } } as const;
const incompatible = { rule: { kind: 'reject', errno: 22 } } as const;

test('a guest without mdevs is compatible', () => {
  expect(verdictOn(beta, guestXml('desktop-7', [])).outcome).toBe('compatible');
});

test('one undetermined device makes the guest undetermined', () => {
  const { outcome, devices } = verdictOn(withTypeVersion(beta, undetermined), xml);
  expect(devices.map((device) => device.outcome)).toEqual(['undetermined', 'compatible']);
  expect(outcome).toBe('undetermined');
});

test('one incompatible device makes the guest incompatible, wherever it stands', () => {
  const other = gvtHost('beta', 2);
  const destination = withTypeVersion(other, undetermined);
  const { outcome, devices } = verdictOn(destination, xml);
  expect(devices.map((device) => device.outcome)).toEqual(['undetermined', 'incompatible']);
  expect(outcome).toBe('incompatible');
  const turned = stampOn(alpha, guestXml('desktop-7', [SECOND_MDEV, FIRST_MDEV]));
  expect(verdictOn(destination, turned).outcome).toBe('incompatible');
});

test('one incompatible reason makes the device incompatible, and stands first', () => {
  const unstamped = guestXml('desktop-7', [FIRST_MDEV]);
  const { outcome, devices } = verdictOn(withType(beta, { deviceApi: 'vfio-ccw' }), unstamped);
  expect(outcome).toBe('incompatible');
  expect(devices[0]?.reasons.map(({ code }) => code)).toEqual(['model-mismatch', 'unstamped']);
});

test('a single device without doubt is judged by its driver alone', () => {
  const single = stampOn(alpha, guestXml('desktop-7', [FIRST_MDEV]));
  expect(verdictOn(beta, single).outcome).toBe('compatible');
  expect(verdictOn(withTypeVersion(beta, incompatible), single).outcome).toBe('incompatible');
  expect(verdictOn(withTypeVersion(beta, undetermined), single).outcome).toBe('undetermined');
});

test('the exit status is 0 for compatible alone, and the worst outcome never depends on order', () => {
  expect((['compatible', 'incompatible', 'undetermined'] as const).map(exitStatus)).toEqual([0, 1, 3]);
  const outcomes = fc.array(fc.constantFrom<Outcome>('compatible', 'incompatible', 'undetermined'));
  fc.assert(
    fc.property(outcomes, (list) => {
      const worst = worstOutcome(list);
      expect(worstOutcome([...list].reverse())).toBe(worst);
      expect(worst === 'compatible').toBe(list.every((outcome) => outcome === 'compatible'));
      expect(worst === 'incompatible').toBe(list.includes('incompatible'));
    }),
  );
});
