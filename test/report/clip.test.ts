import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from '../../src/model/printable.ts';
import { clip, clipBytes, clipPrintable } from '../../src/report/clip.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 300 });

test('what fits is not touched', () => {
  expect(clip('0123456789', 10)).toBe('0123456789');
  expect(clipBytes('0123456789', 10)).toBe('0123456789');
  expect(clipBytes('字字', 6)).toBe('字字');
});

test('both ends of a long text stay', () => {
  expect(clip('0123456789abcdef', 9)).toBe('012...def');
  expect(clip('begin-of-a-version-00000001', 12)).toBe('begin...0001');
});

test('a text cut at a number of bytes loses its end, but no half of a character', () => {
  expect(clipBytes('字字字字', 10)).toBe('字字...');
  expect(clipBytes('a字字字字', 10)).toBe('a字字...');
  expect(clipBytes('ab字字字字', 10)).toBe('ab字...');
});

test('of a long text no more is looked at than is told, and the same is told', () => {
  const strange = fc.string({
    unit: fc.constantFrom('a', '\u0001', '\u00e9', '字', '😀', '\ud800', '\u{10ffff}'),
    maxLength: 400,
  });
  fc.assert(
    fc.property(strange, fc.integer({ min: 8, max: 60 }), (long, limit) => {
      expect(clipPrintable(long, limit)).toBe(clip(printable(long), limit));
    }),
  );
});

test('no text grows beyond its limit, and none is cut inside a character', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 200 }), (long, limit) => {
      expect(Buffer.byteLength(clip(long, limit))).toBeLessThanOrEqual(limit);
      expect(Buffer.byteLength(clipBytes(long, limit))).toBeLessThanOrEqual(limit);
      for (const it of [clip(long, limit), clipBytes(long, limit)]) expect(Buffer.from(it).toString()).toBe(it);
    }),
  );
});
