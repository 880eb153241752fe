// Which of the code has run: V8's own block coverage, of the one script that the fuzzer is bundled into.
import { type Profiler, Session } from 'node:inspector';

export interface Coverage {
  /** Whether what ran since the last call came anywhere new. With `note`, that is known from now on. */
  news(note: boolean): boolean;
  figures(): CoverageFigures;
}

interface CoverageFigures {
  readonly functions: number;
  readonly ofFunctions: number;
  /** What V8 tells apart inside of them: branches, bodies of loops. A function that never ran is one. */
  readonly blocks: number;
  readonly ofBlocks: number;
}

/** Offsets of a script, the end exclusive. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Of the script `file`, as far as it is in one of the spans. */
export function startCoverage(file: string, spans: readonly Span[]): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const size = Math.max(...spans.map(({ to }) => to));
  const counts = new Uint8Array(size);
  for (const { from, to } of spans) counts.fill(1, from, to);
  const known = new Uint8Array(size);
  const functions = new Map<number, boolean>();
  const borders = new Set<number>();

  const take = (): readonly Profiler.FunctionCoverage[] => {
    let found: readonly Profiler.FunctionCoverage[] = [];
    // The answer comes before post() returns.
    session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error;
      found = answer.result.find(({ url }) => url.endsWith(file))?.functions ?? [];
    });
    return found;
  };
  const isNew = (ran: Uint8Array, note: boolean): boolean => {
    let news = false;
    for (const { from, to } of spans)
      for (let offset = from; offset < to; offset += 1) {
        if (ran[offset] === 0 || known[offset] === 1) continue;
        news = true;
        if (!note) return true;
        known[offset] = 1;
      }
    return news;
  };

  return {
    news(note) {
      const ran = new Uint8Array(size);
      // From the outermost in: a block, or a function, that did not run stands in one that did.
      for (const { ranges } of take()) {
        const [whole] = ranges;
        if (whole === undefined || counts[whole.startOffset] !== 1) continue;
        functions.set(whole.startOffset, functions.get(whole.startOffset) === true || whole.count > 0);
        for (const { startOffset, endOffset, count } of ranges) {
          ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
          borders.add(startOffset).add(endOffset);
        }
      }
      return isNew(ran, note);
    },
    figures() {
      const starts = [...borders].filter((offset) => counts[offset] === 1);
      return {
        functions: [...functions.values()].filter((ran) => ran).length,
        ofFunctions: functions.size,
        blocks: starts.filter((offset) => known[offset] === 1).length,
        ofBlocks: starts.length,
      };
    },
  };
}

/** Where the modules stand in a bundle whose path matches, by esbuild's comments. */
export function modulesOf(bundle: string, path: RegExp): Span[] {
  const all = [...bundle.matchAll(/^\/\/ (\S+\.(?:ts|js|mjs|cjs))$/gm)];
  return all
    .map((match, index) => ({ path: match[1] ?? '', from: match.index, to: all[index + 1]?.index ?? bundle.length }))
    .filter((span) => path.test(span.path));
}
