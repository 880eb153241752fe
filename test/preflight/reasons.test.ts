import { describe, expect, test } from 'vitest';
import { exitStatus } from '../../src/judge/guest.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import { REASONS } from '../../src/model/reasons.ts';
import { SITUATIONS, verdictIn } from './situations.ts';

const STATUS = { incompatible: 1, undetermined: 3 } as const;

describe.each(SITUATIONS)('$code', ({ code, outcome, trigger, nearMiss }) => {
  test('is the one reason of the situation that triggers it', () => {
    const verdict = verdictIn(trigger);
    expect(verdict.devices.map(({ reasons }) => reasons.map((reason) => reason.code))).toEqual([[code]]);
    expect(verdict.devices[0]?.outcome).toBe(outcome);
    expect(verdict.outcome).toBe(outcome);
    expect(exitStatus(verdict.outcome)).toBe(STATUS[outcome]);
  });

  test('is not given for the near miss, which is accepted', () => {
    const verdict = verdictIn(nearMiss);
    expect(verdict.devices.map(({ reasons }) => reasons)).toEqual([[]]);
    expect(verdict.outcome).toBe('compatible');
    expect(exitStatus(verdict.outcome)).toBe(0);
  });
});

test('every reason has a situation', () => {
  expect(SITUATIONS.map(({ code }) => code).sort()).toEqual(Object.keys(REASONS).sort());
});

test('wherever the facts break off, the guest is never found compatible', () => {
  for (const { nearMiss } of SITUATIONS) {
    let steps: readonly Progress[] = [];
    verdictIn({ ...nearMiss, cut: (progress) => (steps = progress) });
    for (let length = 0; length < steps.length; length += 1) {
      const { outcome, devices } = verdictIn({ ...nearMiss, cut: (progress) => progress.slice(0, length) });
      expect(outcome).toBe('undetermined');
      expect(devices[0]?.reasons.map(({ code }) => code)).toEqual(['deadline-exceeded']);
    }
  }
});

test('what was awaited when the facts broke off is told', () => {
  const situation = SITUATIONS.find(({ code }) => code === 'deadline-exceeded');
  if (situation === undefined) throw new Error('no situation');
  expect(verdictIn(situation.trigger).devices[0]?.reasons).toEqual([
    {
      code: 'deadline-exceeded',
      waitingFor: {
        action: 'write',
        path: '/sys/bus/mdev/devices/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001/mdev_type/migration_version',
      },
    },
  ]);
});

test('nothing is told as awaited where nothing was begun, or all that was begun was ended', () => {
  const [situation] = SITUATIONS;
  if (situation === undefined) throw new Error('no situation');
  const upToTheLook = (progress: readonly Progress[]): readonly Progress[] =>
    progress.slice(0, progress.findIndex((step) => 'look' in step) + 1);
  for (const cut of [upToTheLook, () => []]) {
    const [device] = verdictIn({ ...situation.nearMiss, cut }).devices;
    expect(device?.reasons).toEqual([{ code: 'deadline-exceeded', waitingFor: null }]);
  }
});
