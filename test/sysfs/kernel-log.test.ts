// What of the kernel log is told after a refusal. A plain file of records as long as what is read at once stands for
// /dev/kmsg, which gives a record a read.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kernelLogSince } from '../../src/sysfs/kernel-log.ts';
import { openFiles } from './open-files.ts';

const file = join(mkdtempSync(join(tmpdir(), 'kernel-log-')), 'kmsg');
// A second, and 100 ppm of two hours and three quarters: two seconds of slack.
const MOMENT = 10_000_000_000;

function since(records: readonly string[], moment = MOMENT): readonly string[] {
  // What follows a record's line are its keys, each behind a blank.
  writeFileSync(file, records.map((record) => `${record}\n`.padEnd(8192, ' KEY=other\n')).join(''));
  return kernelLogSince(file, moment);
}

const at = (microseconds: number, text: string): string => `6,1,${String(microseconds)},-;${text}`;

test('lines are told oldest first', () => {
  expect(since([at(MOMENT, 'one'), at(MOMENT + 1, 'two'), at(MOMENT + 2, 'three')])).toEqual(['one', 'two', 'three']);
});

test('a line older than the slack is not told', () => {
  const [earliest, before] = [MOMENT - 2_000_000, MOMENT - 2_000_001];
  expect(since([at(before, 'before'), at(earliest, 'just'), at(MOMENT, 'now')])).toEqual(['just', 'now']);
});

test.each([1, 63, 64, 65, 128, 150])('of %i records the last 64 are looked at', (count) => {
  const texts = Array.from({ length: count }, (_, index) => `line ${String(index)}`);
  expect(since(texts.map((text) => at(MOMENT, text)))).toEqual(texts.slice(-64));
});

describe('a record', () => {
  test.each([
    ['with a long priority and number', `30,123456,${String(MOMENT)},-;text`, ['text']],
    ['with flags and further fields', `6,1,${String(MOMENT)},c,caller=T12;text`, ['text']],
    ['whose text has the signs of its head', at(MOMENT, 'a;b,1,2,-;c'), ['a;b,1,2,-;c']],
    ['without a head', 'text', []],
    ['whose head is not at its beginning', `text ${at(MOMENT, 'text')}`, []],
    ['without a text', `6,1,${String(MOMENT)}`, []],
    ['without a line', at(MOMENT, ''), ['']],
  ])('%s', (_, record, lines) => {
    expect(since([record])).toEqual(lines);
  });
});

test('an empty log has no lines, and neither has one that cannot be opened or read', () => {
  expect(since([])).toEqual([]);
  expect(kernelLogSince(join(file, 'none'), 0)).toEqual([]);
  expect(kernelLogSince(tmpdir(), 0)).toEqual([]);
});

test('no file stays open', () => {
  since([at(MOMENT, 'text')]);
  expect(openFiles()).not.toContain(file);
});
