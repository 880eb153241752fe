// A loop of inputs that is guided by what they reach: who comes to code that no other came to is kept, and changed further.
import type { Random } from '../domain-xml/random.ts';
import { minimised, mutate } from './mutate.ts';
import { findFaults, type Outcome, runHook } from './properties.ts';

export interface Finding {
  readonly fault: string;
  /** The shortest input that was found to show it. */
  readonly input: Buffer;
}

interface GuidedOptions {
  /** Inputs to begin with. */
  readonly seeds: readonly Buffer[];
  readonly random: Random;
  /** Whether what ran since the last call came anywhere new; with `note`, that is known from then on. */
  readonly news: (note: boolean) => boolean;
  readonly goesOn: (inputs: number) => boolean;
  readonly found: (finding: Finding) => void;
  /** A faulty one, to see that its fault is found. */
  readonly run?: typeof runHook;
}

interface GuidedResult {
  readonly inputs: number;
  readonly kept: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

// Asking for coverage takes longer than an input: it is asked of so many at once, and of each alone only where they came
// anywhere new.
const BATCH = 200;
const RECENT = 50;
// Microseconds of the processor, for the machine may be busy. One of 20 kB takes some milliseconds.
const SLOW = 1_000_000;

export function guidedLoop({ seeds, random, news, goesOn, found, run = runHook }: GuidedOptions): GuidedResult {
  const corpus = seeds.map((bytes) => bytes.toString('latin1'));
  const outcomes = { plain: 0, unusable: 0, refused: 0, accepted: 0, exempted: 0 };
  const known = new Set<string>();
  let inputs = 0;

  const faultsOf = (text: string): readonly string[] => {
    const begun = process.cpuUsage();
    const { faults, outcome } = findFaults(Buffer.from(text, 'latin1'), run);
    outcomes[outcome] += 1;
    const { user, system } = process.cpuUsage(begun);
    return user + system > SLOW ? [...faults, 'it takes longer than a second'] : faults;
  };
  const tryOut = (text: string): void => {
    inputs += 1;
    for (const fault of faultsOf(text)) {
      const kind = kindOf(fault);
      const shows = (shorter: string): boolean => faultsOf(shorter).some((it) => kindOf(it) === kind);
      // Once more: a machine that was busy is no finding.
      if (known.has(kind) || !shows(text)) continue;
      known.add(kind);
      found({ fault, input: Buffer.from(minimised(text, shows), 'latin1') });
    }
  };

  // Those that come anywhere new, by halves: most of the time it is one of them.
  const newOnes = (texts: readonly string[]): readonly string[] => {
    for (const text of texts) findFaults(Buffer.from(text, 'latin1'), run);
    if (!news(texts.length === 1)) return [];
    const half = Math.ceil(texts.length / 2);
    return texts.length === 1 ? texts : [texts.slice(0, half), texts.slice(half)].flatMap(newOnes);
  };

  for (const text of corpus) tryOut(text);
  news(true);
  while (goesOn(inputs)) {
    const batch = Array.from({ length: BATCH }, () => {
      // What was kept last is known the least.
      const from = random.below(2) === 0 ? corpus.slice(-RECENT) : corpus;
      return mutate(random.pick(from), random, random.pick(corpus));
    });
    for (const text of batch) tryOut(text);
    if (news(false)) corpus.push(...newOnes(batch));
  }
  return { inputs, kept: corpus.length - seeds.length, outcomes };
}

// The same fault with other names and numbers is not told again.
const kindOf = (fault: string): string => fault.replace(/'[^']*'|\d+|[0-9a-f]{8}-[-0-9a-f]+/g, '#').slice(0, 60);
