// node build/fuzz.cjs [--seconds N] [--seed N]: hostile documents for the hook's whole way as functions, guided by the code
// that they reach. What is found is written into build/findings, an input a file. In the repository's directory.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { distinctCaptures } from '../domain-xml/captures.ts';
import { seededRandom } from '../domain-xml/random.ts';
import { modulesOf, startCoverage } from './coverage.ts';
import { domainDocument } from './grammar.ts';
import { guidedLoop } from './guided.ts';

const SCRIPT = 'build/fuzz.cjs';
// What an input goes through: the parser, and all of ours but the entries and the simulation.
const WATCHED = /saxes|^src\/(?!simulation\/)/;
const FOLDER = 'build/findings';
const SEEDS = 300;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
if (!(seconds > 0) || !Number.isInteger(seed)) throw new Error('--seconds and --seed take numbers');

const bundle = readFileSync(SCRIPT, 'utf8');
const coverage = startCoverage(SCRIPT, modulesOf(bundle, WATCHED));
const begun = performance.now();
const elapsed = (): number => (performance.now() - begun) / 1000;
const line = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const figures = (inputs: number): string => {
  const { functions, ofFunctions, blocks, ofBlocks } = coverage.figures();
  const rate = (inputs / elapsed()).toFixed(0);
  return `${elapsed().toFixed(0)} s, ${String(inputs)} inputs (${rate}/s), blocks ${String(blocks)} of ${String(ofBlocks)}, functions ${String(functions)} of ${String(ofFunctions)}`;
};

line(`seed ${String(seed)}, for ${String(seconds)} s`);
let told = 0;
let findings = 0;
const { inputs, kept, outcomes } = guidedLoop({
  seeds: [...distinctCaptures().map(({ bytes }) => bytes), ...fc.sample(domainDocument, { seed, numRuns: SEEDS })],
  random: seededRandom(seed),
  news: (note) => coverage.news(note),
  goesOn: (done) => {
    if (elapsed() > told + 30) {
      told = elapsed();
      line(figures(done));
    }
    return elapsed() < seconds;
  },
  found: ({ fault, input }) => {
    findings += 1;
    mkdirSync(FOLDER, { recursive: true });
    const file = `${FOLDER}/${String(seed)}-${String(findings)}.xml`;
    writeFileSync(file, input);
    line(`FOUND: ${fault}\n  ${file}`);
  },
});
line(`${figures(inputs)}, kept ${String(kept)}, findings ${String(findings)}\n${JSON.stringify(outcomes)}`);
process.exitCode = findings === 0 ? 0 : 1;
