// The documents that real libvirt daemons handed to a hook (test/data/captures/README.md).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// From the repository's directory: the fuzzer is bundled, and stands elsewhere.
const FOLDER = 'test/data/captures';

export interface Capture {
  readonly name: string;
  readonly bytes: Buffer;
}

/** In order of name, so that a seed means the same document on every machine. */
export function readCaptures(): Capture[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.xml'))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(FOLDER, name)) }));
}

/** Each text once: consecutive calls of one migration mostly get the same bytes. */
export function distinctCaptures(): Capture[] {
  return [...new Map(readCaptures().map((capture) => [capture.bytes.toString('latin1'), capture])).values()];
}
