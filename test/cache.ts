// What takes long to build is kept, and built again when what it is made of changes.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** The one place of everything heavy; git ignores it, `make clean` removes it. */
const CACHE = resolve('build/kept');

/** The directory `name` of the cache, as `build` fills it from what `key` stands for. Tells what it does. */
export async function cached(name: string, key: string, build: (directory: string) => Promise<void>): Promise<string> {
  const directory = join(CACHE, name);
  // Written last: a build that was interrupted counts for nothing.
  const seal = join(directory, '.key');
  if (existsSync(seal) && readFileSync(seal, 'utf8') === key) {
    tell(`${name}: from the cache`);
    return directory;
  }
  tell(`${name}: is being built`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const begun = performance.now();
  await build(directory);
  writeFileSync(seal, key);
  tell(`${name}: built in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  return directory;
}

/** A hash over the names and contents of the files at or below the paths. */
export function fingerprint(...paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of filesAt(path))
      hash
        .update(`${relative(path, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
  }
  return hash.digest('hex');
}

function filesAt(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name)).sort();
}

function tell(text: string): void {
  process.stdout.write(`kept: ${text}\n`);
}
