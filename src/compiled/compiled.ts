// A program's compiled code, as Node would make it anew at each start: what stands in the file, and for whom it holds.

/** Where the compiled code of a program stands: beside it. */
export function compiledFile(program: string): string {
  return `${program.replace(/\.cjs$/, '')}.compiled`;
}

/**
 * The bytes of such a file: which Node it is for, the source, and the code, twice: V8 sees to it that code is of its own
 * version and flags, and takes no other, but since Node 20 it does not see whether a bit of it changed, and then crashes
 * or hangs (observed; V8, src/snapshot/code-serializer.cc, SerializedCodeData::SanityCheck).
 */
export function compiledBytes(source: Buffer, code: Buffer): Buffer {
  return Buffer.concat([headOf(source), source, code, code]);
}

/** The code in such a file; null where it is for another Node or for another source, or is damaged. */
export function codeFor(source: Buffer, file: Buffer): Buffer | null {
  const head = headOf(source);
  const start = head.length + source.length;
  const end = (start + file.length) / 2;
  if (!file.subarray(0, head.length).equals(head) || !file.subarray(head.length, start).equals(source)) return null;
  const code = file.subarray(start, end);
  return code.length > 0 && file.subarray(end).equals(code) ? code : null;
}

function headOf(source: Buffer): Buffer {
  return Buffer.from(`mdev-preflight 1 ${process.version} ${process.arch} ${String(source.length)}\n`);
}

/** The text that V8 compiles: what Node's own loader would make of a CommonJS file, whose bytes are all ASCII. */
export function wrapped(source: Buffer): string {
  return `(function (exports, require, module, __filename, __dirname) {${source.toString('latin1')}\n})`;
}
