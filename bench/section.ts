// A part of the benchmark that can be asked for by its name.
import { existsSync } from 'node:fs';
import { CAN_RUN_LIVE, LIVE_NEEDS } from '../test/live/rig/requirements.ts';
import type { Figure } from './figure.ts';
import { PATH } from './place.ts';

export interface Section {
  readonly name: string;
  /** What is not there of what it takes. */
  readonly missing: readonly string[];
  readonly figures: (rounds: number) => Promise<readonly Figure[]>;
}

const PROGRAMS = ['node', 'dash', 'gcc', 'unshare'];
const BUILT = ['dist/hook.cjs', 'dist/gather.cjs', 'dist/mdev-preflight.cjs'];

/** What is missing of what each section takes, and of `programs`. */
export function missing(...programs: readonly string[]): readonly string[] {
  return [
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...[...PROGRAMS, ...programs].filter(
      (program) => !PATH.split(':').some((place) => existsSync(`${place}/${program}`)),
    ),
    ...BUILT.filter((file) => !existsSync(file)).map((file) => `${file} (make build)`),
  ];
}

/** The same for sections on a rig. */
export function missingForRig(): readonly string[] {
  return [
    ...missing('pgrep'),
    ...(CAN_RUN_LIVE ? [] : [LIVE_NEEDS.replace(/^ \(skipped: needs |\)$/g, '')]),
    ...(existsSync('build/fuse-serve.cjs') ? [] : ['build/fuse-serve.cjs (node scripts/build-test-programs.mjs)']),
  ];
}
