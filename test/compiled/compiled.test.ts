// Which compiled code may be taken for a program's: code is what decides, so in doubt none is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeFor, compiledBytes } from '../../src/compiled/compiled.ts';

const SOURCE = Buffer.from('console.log(1)\n');
const CODE = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);
const FILE = compiledBytes(SOURCE, CODE);
const edited = (edit: (text: string) => string): Buffer => Buffer.from(edit(FILE.toString('latin1')), 'latin1');

describe('the code in a file', () => {
  it('is what was put there', () => {
    expect(codeFor(SOURCE, FILE)).toEqual(CODE);
  });

  it.each([
    ['of another Node', (text: string) => text.replace(process.version, 'v1.2.3')],
    ['for another architecture', (text: string) => text.replace(` ${process.arch} `, ' z80 ')],
    ['of another format', (text: string) => text.replace('mdev-preflight 1', 'mdev-preflight 2')],
  ])('%s is not taken', (_, edit) => {
    expect(edited(edit)).not.toEqual(FILE);
    expect(codeFor(SOURCE, edited(edit))).toBeNull();
  });

  it('is not taken for another source, longer, shorter or as long', () => {
    for (const source of ['console.log(2)\n', 'console.log(1)', 'console.log(1)\n\n', ''])
      expect(codeFor(Buffer.from(source), FILE), source).toBeNull();
  });

  it('is not taken where there is none', () => {
    expect(codeFor(SOURCE, compiledBytes(SOURCE, Buffer.alloc(0)))).toBeNull();
  });

  it('is not taken from a file that was cut or has more', () => {
    for (let length = 0; length < FILE.length; length += 1)
      expect(codeFor(SOURCE, FILE.subarray(0, length))).toBeNull();
    expect(codeFor(SOURCE, Buffer.concat([FILE, CODE]))).toBeNull();
  });

  it('is not taken where any one bit has changed', () => {
    for (let bit = 0; bit < FILE.length * 8; bit += 1) {
      const damaged = Buffer.from(FILE);
      damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(codeFor(SOURCE, damaged), `bit ${String(bit)}`).toBeNull();
    }
  });

  it('comes back whatever source and code are', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((list) => Buffer.from(list));
    fc.assert(
      fc.property(bytes, bytes, (source, code) => {
        expect(codeFor(source, compiledBytes(source, code))).toEqual(code.length === 0 ? null : code);
      }),
    );
  });
});
