// The fault table says which test proves each of its lines: that test is there, under that name.
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const PAGE = readFileSync('docs/reliability.md', 'utf8');

/** Of each line of a table: what goes wrong, what is seen of it, and the tests. */
const LINES = [...PAGE.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]*›[^|]*) \|$/gm)].map((match) => {
  const [, fault = '', seen = '', tests = ''] = match;
  return { fault, seen, tests };
});

it('has a line a fault', () => {
  expect(LINES.length).toBeGreaterThan(50);
  const rows = PAGE.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:fault|---)/.test(line));
  const inFaultTables = rows.filter((row) => row.includes('.test.ts'));
  expect(LINES.map(({ fault }) => fault)).toHaveLength(inFaultTables.length);
});

it.each(LINES)('$fault: is proved', ({ seen, tests }) => {
  expect(seen.trim()).not.toBe('');
  for (const proof of tests.split(/; (?=`)/)) {
    const [, file = '', title = ''] = /^`(\S+\.test\.ts)` › (.+)$/.exec(proof.trim()) ?? [];
    expect(existsSync(`test/${file}`), proof).toBe(true);
    // As it stands in the code, where quotes may be escaped.
    expect(readFileSync(`test/${file}`, 'utf8').replaceAll("\\'", "'"), file).toContain(title);
  }
});
