// A fuzzer that finds nothing may be one that cannot. It is shown faults that somebody might make.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../domain-xml/random.ts';
import { domainDocument } from './grammar.ts';
import { type Finding, guidedLoop } from './guided.ts';
import { type Run, runHook } from './properties.ts';

const SEEDS = fc.sample(domainDocument, { seed: 5, numRuns: 100 });
const INPUTS = 1200;

function fuzz(run: (bytes: Buffer) => Run): { findings: Finding[]; inputs: number } {
  const findings: Finding[] = [];
  const { inputs } = guidedLoop({
    seeds: SEEDS,
    random: seededRandom(5),
    // Without coverage: that takes a bundle of its own, as make fuzz has.
    news: () => false,
    goesOn: (done) => done < INPUTS && findings.length === 0,
    found: (finding) => findings.push(finding),
    run,
  });
  return { findings, inputs };
}

test('nothing is found in what there is', () => {
  const { findings, inputs } = fuzz(runHook);
  expect(findings).toEqual([]);
  expect(inputs).toBeGreaterThanOrEqual(INPUTS);
});

const PLANTED: Record<string, [(bytes: Buffer) => Run, RegExp]> = {
  'a refusal that became an acceptance': [
    (bytes) => {
      const run = runHook(bytes);
      const { reply, outcome } = run;
      const yes = outcome === 'refused' && reply.told.includes(': version-rejected: ');
      return yes ? { ...run, outcome: 'accepted', reply: { ...reply, status: 0, told: '' } } : run;
    },
    /accepted with version/,
  ],
  'a path made of a type': [
    (bytes) => {
      const run = runHook(bytes);
      const [type] = /\.\.\/[^"'<]*/.exec(bytes.toString()) ?? [];
      if (type !== undefined)
        run.recorded.asked.push({ action: 'read', path: `class/mdev_bus/${type}`, version: null });
      return run;
    },
    /stray path/,
  ],
  'a crash at a word that only the mutations know': [
    (bytes) => {
      if (bytes.includes('vfio-ap')) throw new Error('planted');
      return runHook(bytes);
    },
    /^thrown: Error: planted/,
  ],
  'an exemption that stays': [
    (bytes) => {
      const run = runHook(bytes);
      return run.outcome === 'exempted' ? { ...run, reply: { ...run.reply, document: bytes.toString() } } : run;
    },
    /stays|another host|another one/,
  ],
};

test.each(Object.entries(PLANTED))('a planted fault is found, and made small: %s', (_, [run, fault]) => {
  const { findings } = fuzz(run);
  expect(findings[0]?.fault).toMatch(fault);
  expect(findings[0]?.input.length).toBeLessThan(700);
});
