// Whether an exemption holds, second by second.
import { describe, expect, test } from 'vitest';
import { exemptionStanding } from '../../src/exemption/standing.ts';
import type { Exemption, ExemptionStanding } from '../../src/model/exemption.ts';

const exemption: Exemption = {
  by: 'root@alpha',
  from: '2026-11-22T10:00:00Z',
  until: '2026-11-22T10:10:00Z',
  reason: 'moving the definition',
};
const at = (time: string, change: Partial<Exemption> = {}): ExemptionStanding =>
  exemptionStanding({ kind: 'exemption', exemption: { ...exemption, ...change } }, new Date(time));

test('no exemption is none', () => {
  expect(exemptionStanding({ kind: 'none' }, new Date())).toEqual({ state: 'none' });
});

test('an invalid one is void, for what is wrong with it', () => {
  expect(exemptionStanding({ kind: 'invalid', problem: 'it gives no reason' }, new Date())).toEqual({
    state: 'void',
    why: 'it gives no reason',
    exemption: null,
  });
});

test.each([
  ['from its first moment', '2026-11-22T10:00:00Z'],
  ['to its last', '2026-11-22T10:09:59.999Z'],
  ['where this clock is 5 seconds behind', '2026-11-22T09:59:55Z'],
])('it holds %s', (_, time) => {
  expect(at(time)).toEqual({ state: 'holds', exemption });
});

test.each([
  ['at its end', '2026-11-22T10:10:00Z', '2026-11-22T10:10:00.000Z'],
  ['a second after it', '2026-11-22T10:10:01Z', '2026-11-22T10:10:01.000Z'],
  ['a year after it', '2027-11-22T10:05:00Z', '2027-11-22T10:05:00.000Z'],
])('it does not outlive its time: %s', (_, time, clock) => {
  const why = `it ended at 2026-11-22T10:10:00Z, and this host's clock says ${clock}`;
  expect(at(time)).toEqual({ state: 'void', why, exemption });
});

test.each([
  ['more than 5 seconds', '2026-11-22T09:59:54.999Z', '2026-11-22T09:59:54.999Z'],
  ['an hour, a zone taken for another', '2026-11-22T09:00:00Z', '2026-11-22T09:00:00.000Z'],
])('where it begins in the future by %s, the clocks disagree', (_, time, clock) => {
  const why = `it begins at 2026-11-22T10:00:00Z, and this host's clock says ${clock}: the clocks disagree, so its end cannot be told`;
  expect(at(time)).toEqual({ state: 'void', why, exemption });
});

describe('a time that is none does not make it hold:', () => {
  test.each(['from', 'until'] as const)('%s', (name) => {
    expect(at('2026-11-22T10:05:00Z', { [name]: 'soon' })).toMatchObject({ state: 'void' });
  });
});
