// Whatever was found, the judge judges, and says yes only for an acceptance of what was to be asked.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeDevice } from '../../src/judge/device.ts';
import { candidateQuestion, questionFor } from '../../src/judge/question.ts';
import { versionProblem } from '../../src/model/version.ts';
import { REASONS, tellReason } from '../../src/model/reasons.ts';
import { deviceFacts, hostdev, stampedFacts } from './arbitraries.ts';

const RUNS = { numRuns: 2000 };

test('compatible is said only of an accepted version of the same type and model', () => {
  fc.assert(
    fc.property(hostdev, stampedFacts, deviceFacts, (device, stamped, facts) => {
      const { outcome, reasons } = judgeDevice(device, stamped, facts);
      expect(reasons.length === 0).toBe(outcome === 'compatible');
      if (outcome !== 'compatible') return;
      const { look, answer } = facts;
      expect(answer?.state).toBe('accepted');
      if (look?.kind !== 'present' || stamped.kind !== 'device') throw new Error('a yes without two devices');
      expect(look.type).toBe(stamped.device.type);
      if (look.deviceApi.state !== 'read') throw new Error('a yes without a device_api');
      expect(look.deviceApi.bytes.trim()).toBe(device.model);
    }),
    RUNS,
  );
});

test('the property above does see acceptances', () => {
  const samples = fc.sample(fc.tuple(hostdev, stampedFacts, deviceFacts), { numRuns: 2000, seed: 1 });
  const outcomes = samples.map(([device, stamped, facts]) => judgeDevice(device, stamped, facts).outcome);
  for (const outcome of ['compatible', 'incompatible', 'undetermined'] as const)
    expect(outcomes.filter((it) => it === outcome).length).toBeGreaterThan(10);
});

test('without an accepted answer nothing is compatible, whatever else is known', () => {
  fc.assert(
    fc.property(hostdev, stampedFacts, deviceFacts, (device, stamped, facts) => {
      if (facts.answer?.state === 'accepted') return;
      expect(judgeDevice(device, stamped, facts).outcome).not.toBe('compatible');
    }),
    RUNS,
  );
});

test('reasons stand with the incompatible ones first, and can all be told', () => {
  fc.assert(
    fc.property(hostdev, stampedFacts, deviceFacts, (device, stamped, facts) => {
      const { outcome, reasons } = judgeDevice(device, stamped, facts);
      const outcomes = reasons.map(({ code }) => REASONS[code].outcome);
      expect(outcomes).toEqual([...outcomes].sort());
      expect(outcomes[0] ?? 'compatible').toBe(outcome);
      for (const reason of reasons) {
        const { sentence, remedy } = tellReason(reason, 'desktop-7');
        expect(sentence).not.toMatch(/undefined|null|\n/);
        expect(remedy).not.toMatch(/undefined|null|\n/);
      }
    }),
    RUNS,
  );
});

test('a question carries the version of the node it is put to, and nothing a driver must not get', () => {
  fc.assert(
    fc.property(hostdev, stampedFacts, deviceFacts, (device, stamped, { look, candidates }) => {
      const asked = candidates.filter((candidate) => candidateQuestion(device, stamped, candidate) !== null);
      for (const { type, deviceApi, version } of asked) {
        if (stamped.kind !== 'device') throw new Error('a question without a stamp');
        expect(type).toBe(stamped.device.type);
        expect(deviceApi.state === 'read' ? deviceApi.bytes.trim() : null).toBe(device.model);
        expect(version.state).toBe('read');
      }
      const questions = asked.flatMap((candidate) => candidateQuestion(device, stamped, candidate) ?? []);
      const own = look?.kind === 'present' ? questionFor(device, stamped, look) : [];
      if ('version' in own) questions.push(own);
      for (const { node, version } of questions) {
        if (stamped.kind !== 'device') throw new Error('a question without a stamp');
        const { versions } = stamped.device;
        expect(versions[node]).toEqual({ state: 'version', bytes: version });
        // The source's own no.
        if (versions.device?.state === 'error') expect(versions.device.error).toBe('ENOENT');
        expect(versionProblem(version)).toBeNull();
      }
    }),
    RUNS,
  );
});
