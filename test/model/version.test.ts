import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableVersion, shellWord } from '../../src/model/printable.ts';
import {
  decodeVersion,
  encodeVersion,
  VERSION_LIMIT,
  type VersionBytes,
  versionFromBuffer,
  versionProblem,
  versionToBuffer,
} from '../../src/model/version.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const version = (text: string): VersionBytes => text as VersionBytes;

describe('the bytes of a version', () => {
  it('survive the way through a string and back', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(new Uint8Array(versionToBuffer(versionFromBuffer(raw)))).toEqual(raw);
      }),
    );
  });

  it('are those of a view into a larger buffer only', () => {
    expect(versionFromBuffer(Buffer.from('xabcx').subarray(1, 4))).toBe('abc');
  });

  it('survive the way through the stamp', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        const before = versionFromBuffer(raw);
        expect(decodeVersion(encodeVersion(before))).toBe(before);
      }),
    );
  });

  it('stand in the stamp as one word that XML and a shell leave alone', () => {
    const all = versionFromBuffer(Uint8Array.from({ length: 256 }, (_, code) => code));
    expect(encodeVersion(all)).toMatch(/^[!-~]+$/);
    expect(encodeVersion(all)).not.toMatch(/[<>&"'\\`]/);
  });

  it.each([
    ['8086-5917-i915-GVTg_V5_4', '8086-5917-i915-GVTg_V5_4'],
    ['1.0\n', '1.0%0A'],
    ['100%', '100%25'],
    ['a b', 'a%20b'],
    ['\0\xff', '%00%FF'],
  ])('%j are written %s', (text, word) => {
    expect(encodeVersion(version(text))).toBe(word);
    expect(decodeVersion(word)).toBe(text);
  });

  it('are read from lower case digits too', () => {
    expect(decodeVersion('%0a%fF')).toBe('\n\xff');
  });

  it.each(['%', '%0', '%0g', 'a%', '%%41', 'a b', 'a\n', '\t', 'é', '\u{1f600}', '\0'])(
    'are not read from %j',
    (word) => {
      expect(decodeVersion(word)).toBeNull();
    },
  );

  it('are read once: an encoded percent sign stays one', () => {
    expect(decodeVersion('%2541')).toBe('%41');
  });
});

describe('versionProblem', () => {
  it.each(['a', 'a\n', '\x01', '\x7f', 'a'.repeat(VERSION_LIMIT)])(
    'finds none in a version a driver can be offered',
    (text) => {
      expect(versionProblem(version(text))).toBeNull();
    },
  );

  it.each([
    ['', 'is empty'],
    ['a'.repeat(VERSION_LIMIT + 1), 'has 4097 bytes; the limit is 4096'],
    ['a\0', 'is not ASCII without NUL'],
    ['\x80', 'is not ASCII without NUL'],
    ['a\n\xff', 'is not ASCII without NUL'],
  ])('finds one in what a driver would not see whole', (text, problem) => {
    expect(versionProblem(version(text))).toBe(problem);
  });
});

describe('text for people', () => {
  it.each([
    ['\x1b[31m', '\\x1b[31m'],
    ['a\nb\r\0', 'a\\x0ab\\x0d\\x00'],
    ['\u202egnp', '\\u{202e}gnp'],
    ['a\u200bb\u2028\ufeff', 'a\\u{200b}b\\u{2028}\\u{feff}'],
    ['\ud800', '\\u{d800}'],
    ['\u0085\u00ad', '\\x85\\xad'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('has what could deceive escaped: %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('keeps letters of every script', () => {
    const text = 'gr\u00fc\u00df \u6f22\u5b57 \u05d0\u{1f600} <&">\\';
    expect(printable(text)).toBe(text);
  });

  it('stays on its line, and the same where it is printable already', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- what must not be left
        expect(printable(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/);
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });

  it.each([
    ['a\n', 'a'],
    ['a\n\n', 'a\\x0a'],
    ['\n', ''],
    ['a\xff\tb', 'a\\xff\\x09b'],
    ['a b', 'a b'],
  ])('shows the version %j without its one line end', (text, expected) => {
    expect(printableVersion(text)).toBe(expected);
  });
});

describe('shellWord', () => {
  it.each([
    ['/sys/bus/mdev/devices', '/sys/bus/mdev/devices'],
    ['', "''"],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['$(reboot)', "'$(reboot)'"],
    ['a;b', "'a;b'"],
    ['~', "'~'"],
    ['a\nb', "'a\\x0ab'"],
  ])('quotes %j only where it must', (text, expected) => {
    expect(shellWord(text)).toBe(expected);
  });
});
