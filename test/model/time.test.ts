// The one form in which a moment is written.
import { expect, test } from 'vitest';
import { parseTime } from '../../src/model/time.ts';

test.each(['2026-11-22T10:00:00Z', '2028-02-29T23:59:59Z', '2026-11-22T10:00:00.5Z', '2026-11-22T10:00:00.123456789Z'])(
  '%s is a time',
  (text) => {
    expect(parseTime(text)?.getTime()).toBe(Date.parse(text));
  },
);

test.each([
  '',
  '2026-11-22',
  '2026-11-22T10:00Z',
  '2026-11-22T10:00:00',
  '2026-11-22T10:00:00+00:00',
  '2026-11-22 10:00:00Z',
  '2026-11-22T10:00:00z',
  '2026-11-22T10:00:00.Z',
  ' 2026-11-22T10:00:00Z',
  '2026-11-22T10:00:00Z\n',
  '+002026-11-22T10:00:00Z',
  '2026-13-22T10:00:00Z',
  '2026-11-22T10:60:00Z',
  '2026-06-30T23:59:60Z',
  '1790071200',
  // Date would take these for the day after.
  '2026-02-30T10:00:00Z',
  '2026-02-29T10:00:00Z',
  '2026-11-22T24:00:00Z',
])('%j is none', (text) => {
  expect(parseTime(text)).toBeNull();
});
