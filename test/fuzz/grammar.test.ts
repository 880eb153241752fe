// The hook's whole way as functions, with documents made of hostile parts: what is promised of every one of them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { domainDocument } from './grammar.ts';
import { findFaults, type Outcome } from './properties.ts';

const SEED = 20261122;
const DOCUMENTS = 1000;

test(`${String(DOCUMENTS)} hostile documents: no exception, no stray path, no word too many, no unfounded yes`, () => {
  const outcomes: Record<Outcome, number> = { plain: 0, unusable: 0, refused: 0, accepted: 0, exempted: 0 };
  fc.assert(
    fc.property(domainDocument, (bytes) => {
      const { faults, outcome } = findFaults(bytes);
      outcomes[outcome] += 1;
      expect(faults, bytes.toString('utf8')).toEqual([]);
    }),
    { seed: SEED, numRuns: DOCUMENTS },
  );
  // Documents that all end the same way would prove nothing.
  for (const count of Object.values(outcomes)) expect(count, JSON.stringify(outcomes)).toBeGreaterThan(DOCUMENTS / 50);
});
