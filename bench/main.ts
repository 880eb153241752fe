// node build/bench.cjs [--rounds N] [--only NAME]...: what mdev-preflight costs on this machine, beside what else there is.
// As root, in the repository's directory. A whole run of RECORDED rounds also writes RECORD.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machineFacts } from './machine.ts';
import { asMarkdown, asText, type Results } from './report.ts';
import type { Section } from './section.ts';
import { cli } from './sections/cli.ts';
import { follow } from './sections/follow.ts';
import { hookMany } from './sections/hook-many.ts';
import { hookMdev } from './sections/hook-mdev.ts';
import { hookOther } from './sections/hook-other.ts';
import { hookPlain } from './sections/hook-plain.ts';
import { hostBig } from './sections/host-big.ts';
import { migration } from './sections/migration.ts';
import { unit } from './sections/unit.ts';
import { xml5MiB } from './sections/xml-5mib.ts';

const SECTIONS: readonly Section[] = [
  hookOther,
  hookPlain,
  hookMdev,
  hookMany,
  hostBig,
  xml5MiB,
  migration,
  cli,
  follow,
  unit,
];
const RECORDED = 60;
const RECORD = 'bench/results.md';

async function main(): Promise<void> {
  const { rounds, sections } = asked();
  const facts = await machineFacts();
  process.stdout.write(`${facts.join('\n')}\n${String(rounds)} rounds\n\n`);
  const results: Results[] = [];
  for (const { name, missing, figures } of sections) {
    if (missing.length > 0) process.stdout.write(`${name}: skipped: needs ${missing.join(', ')}\n\n`);
    else {
      const found = { section: name, figures: await figures(rounds) };
      process.stdout.write(`${asText(found)}\n`);
      results.push(found);
    }
  }
  if (results.length < SECTIONS.length || rounds < RECORDED) return;
  writeFileSync(RECORD, asMarkdown(results, facts, rounds));
  process.stdout.write(`written: ${RECORD}\n`);
}

function asked(): { rounds: number; sections: readonly Section[] } {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: String(RECORDED) }, only: { type: 'string', multiple: true } },
  });
  const names = SECTIONS.map(({ name }) => name);
  const unknown = values.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`there is no '${unknown}'; there are ${names.join(', ')}`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1 on');
  return { rounds, sections: SECTIONS.filter(({ name }) => values.only?.includes(name) ?? true) };
}

// os.tmpdir() asks it each time.
const home = mkdtempSync(join(tmpdir(), 'mdev-preflight-bench-'));
process.env['TMPDIR'] = home;
main()
  .catch((error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  })
  .finally(() => {
    rmSync(home, { recursive: true, force: true });
  });
