// node compile.cjs: compiles the programs of this directory for the Node that runs it, and leaves the code beside them, for
// start.cjs. Whoever installs the programs, or another Node, runs it; where nobody did, they start more slowly.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { compiledBytes, compiledFile, wrapped } from './compiled/compiled.ts';

function compile(name: string, functions: 'all' | 'when called'): void {
  const program = join(__dirname, name);
  const source = readFileSync(program);
  // Back again before V8 writes down with which flags this was made: it is to be taken by a Node without any.
  if (functions === 'all') setFlagsFromString('--no-lazy');
  const script = new Script(wrapped(source), { filename: program });
  setFlagsFromString('--lazy');
  const code = script.createCachedData();
  const file = compiledFile(program);
  writeFileSync(`${file}.new`, compiledBytes(source, code));
  // A program may be starting from the file that was there.
  renameSync(`${file}.new`, file);
}

compile('hook.cjs', 'all');
// A call needs a small part of it, and what is read in vain takes longer than to compile that part.
compile('mdev-preflight.cjs', 'when called');
