// Builds the library that libvirtd runs with (stand-in.c).
import { execaSync } from 'execa';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, 'stand-in.c');

const version = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 12);
const library = join(process.cwd(), `build/stand-in-${version}.so`);

/** Whether it takes a compiler to have it. */
export const STAND_IN_IS_BUILT = existsSync(library);

/** The library's path; built only where its source is new. */
export function standInLibrary(): string {
  if (!existsSync(library)) {
    mkdirSync('build', { recursive: true });
    // Another worker may be building it, too.
    const unfinished = `${library}.${String(process.pid)}`;
    execaSync('gcc', ['-Wall', '-Wextra', '-Werror', '-O2', '-shared', '-fPIC', '-o', unfinished, SOURCE]);
    renameSync(unfinished, library);
  }
  return library;
}
