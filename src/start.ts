// node start.cjs PROGRAM ARGUMENT...: runs a program of this directory from the code that compile.cjs left beside it, and
// compiles it as Node would where there is none that holds: the same program, a few milliseconds later.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Script } from 'node:vm';
import { codeFor, compiledFile, wrapped } from './compiled/compiled.ts';

// The program is to see the words that it would see without this one.
process.argv.splice(1, 1);
const program = resolve(process.argv[1] ?? '');
const source = readFileSync(program);

function compiledCode(): Buffer | null {
  try {
    return codeFor(source, readFileSync(compiledFile(program)));
  } catch {
    return null;
  }
}

const cachedData = compiledCode();
const script = new Script(wrapped(source), { filename: program, ...(cachedData === null ? {} : { cachedData }) });
(script.runInThisContext() as (...words: unknown[]) => void)(exports, require, module, program, dirname(program));
