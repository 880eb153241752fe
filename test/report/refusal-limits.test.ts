// The first line stands alone, in 600 bytes, whatever names and versions a host or a stamp comes with.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable } from '../../src/model/printable.ts';
import { REASONS, tellReason } from '../../src/model/reasons.ts';
import { describeErrno } from '../../src/model/errno.ts';
import { refusalLine, refusalText } from '../../src/report/refusal.ts';
import { PLAIN_WORDS, reasonsOf, refusedDevice, refusedGuest, UUID, type Words } from './verdicts.ts';

const LONG_WORDS: readonly (readonly [string, Words])[] = [
  ['ASCII', words('n'.repeat(255), 'v'.repeat(4096))],
  ['multibyte', words('字'.repeat(255), '\u00e9'.repeat(4096))],
  ['four-byte', words('😀'.repeat(255), '\u00ff'.repeat(4096))],
  ['escaped', words('\u{10ffff}'.repeat(255), '\u0001'.repeat(4096))],
  ['quoted', words("'".repeat(255), "'".repeat(4096))],
];

function words(name: string, version: string): Words {
  return {
    guest: name,
    sourceHost: name,
    destinationHost: name,
    type: name,
    parent: name,
    version,
    kernelLog: [version],
  };
}

function checkLine(given: Words, index: number): void {
  const reason = reasonsOf(given)[index];
  if (reason === undefined) throw new Error('no such reason');
  const [line = '', ...others] = refusalText(refusedGuest(given, refusedDevice(given, reason)), 'migrate')
    .replace(/\n$/, '')
    .split('\n');
  for (const it of [line, ...others]) {
    expect(Buffer.byteLength(it)).toBeLessThanOrEqual(600);
    expect(it).toBe(printable(it));
  }
  expect(line.startsWith('mdev-preflight: refused: guest ')).toBe(true);
  expect(line).toContain(`guest '${Array.from(printable(given.guest))[0] ?? ''}`);
  expect(line).toContain(UUID);
  expect(line).toContain(`: ${reason.code}: `);
  expect(line).toContain('. Next: ');
  if ('errno' in reason && reason.errno !== null) expect(line).toContain(describeErrno(reason.errno));
  for (const it of others) expect(it).toMatch(/^mdev-preflight: kernel log, possibly related: /);
}

const NAMES = reasonsOf(PLAIN_WORDS).map(({ code }, index) => [code, index] as const);

describe.each(LONG_WORDS)('with long %s names and versions', (_, given) => {
  test.each(NAMES)('%s (%i) fits and says who, what, why and what next', (code, index) => {
    expect(REASONS).toHaveProperty([code]);
    checkLine(given, index);
  });
});

const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength }),
    fc.string({ unit: 'grapheme', maxLength }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength }),
  );
const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 4096,
});
const anyWords: fc.Arbitrary<Words> = fc.record({
  guest: anyText(255),
  sourceHost: anyText(255),
  destinationHost: anyText(255),
  type: anyText(255),
  parent: anyText(255),
  version: bytes,
  kernelLog: fc.array(anyText(1000), { maxLength: 3 }),
});

// Nothing but '...' was left of the guest.
const FOUND: [Words, number][] = NAMES.map(([, index]) => [
  {
    guest: '𐀀 𐀀',
    sourceHost: '',
    destinationHost: '',
    type: '\u{2ee5e}\u{3347a}\u{3347a}\ud7fc\u{3347a}\ud7fc\u{3347a}\u{12544}\0\u{3347a}',
    parent: '\u0800'.repeat(4),
    version: '\0\0\0',
    kernelLog: [],
  },
  index,
]);

test('any name, version and log line', () => {
  fc.assert(
    fc.property(anyWords, fc.nat(NAMES.length - 1), (given, index) => {
      checkLine(given, index);
    }),
    { numRuns: 200, examples: FOUND },
  );
});

test('what to do is a whole sentence wherever it names nothing long', () => {
  for (const [, given] of LONG_WORDS) {
    for (const reason of reasonsOf(given)) {
      const { remedy } = tellReason(reason, 'desktop-7');
      if (Buffer.byteLength(remedy) > 150) continue;
      const text = refusalText(refusedGuest(given, refusedDevice(given, reason)), 'migrate');
      if (reason.code !== 'unstamped' && reason.code !== 'stamp-invalid') expect(text).toContain(`. Next: ${remedy}\n`);
    }
  }
});

const BY_HAND = `save the XML ${'x'.repeat(90)} and run: mdev-preflight check guest.xml`;

test.each(LONG_WORDS)(
  'a refusal about no single device fits with a long %s name and problem',
  (_, { guest, version }) => {
    for (const problem of [guest, version]) {
      const line = refusalLine(guest, problem, BY_HAND);
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(601);
      expect(line.endsWith(`. Next: ${BY_HAND}\n`)).toBe(true);
    }
  },
);

test('a refusal about no single device fits, and keeps what to do', () => {
  fc.assert(
    fc.property(anyText(255), anyText(1000), (guest, problem) => {
      const line = refusalLine(guest, problem, 'correct it on this host: /etc/mdev-preflight/config.toml');
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(601);
      expect(line.slice(0, -1)).toBe(printable(line.slice(0, -1)));
      expect(line.endsWith('. Next: correct it on this host: /etc/mdev-preflight/config.toml\n')).toBe(true);
    }),
  );
});
