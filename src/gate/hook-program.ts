// The program that a hook of ours starts, and this program's own files, which both are compared with.
import { accessSync, constants, readFileSync } from 'node:fs';
import { attempt, below, isAbsent } from './files.ts';

/** This program's own hook and hook.cjs; `bytes` null where it is not there. */
export interface OwnFiles {
  readonly script: OwnFile;
  readonly program: OwnFile;
}

export interface OwnFile {
  readonly path: string;
  readonly bytes: Buffer | null;
}

/** `bundles`: the directory of this program's own bundles: dist/ of a checkout, or where it is installed. */
export function readOwnFiles(bundles: string): OwnFiles {
  const read = (path: string): OwnFile => {
    const bytes = attempt(() => readFileSync(path));
    return { path, bytes: bytes.ok ? bytes.value : null };
  };
  const installed = read(below(bundles, 'hooks/qemu'));
  const script = installed.bytes === null ? read(below(bundles, '../hooks/qemu')) : installed;
  return { script, program: read(below(bundles, 'hook.cjs')) };
}

export interface HookProgram {
  readonly path: string;
  /** `unknown`: there is nothing to compare it with. */
  readonly state: 'current' | 'different' | 'unknown' | 'missing' | 'unreadable';
}

export const INSTALLED_PROGRAM = '/usr/libexec/mdev-preflight/hook.cjs';

/** What a hook of ours starts, found as hooks/qemu finds it. `hook`: its path. */
export function readHookProgram(root: string, hook: string, own: OwnFile): HookProgram {
  const beside = hook.replace(/\/hooks\/qemu$/, '/dist/hook.cjs');
  const path = beside !== hook && isReadable(root, beside) ? beside : INSTALLED_PROGRAM;
  const bytes = attempt(() => readFileSync(below(root, path)));
  if (!bytes.ok) return { path, state: isAbsent(bytes.error) ? 'missing' : 'unreadable' };
  if (own.bytes === null) return { path, state: 'unknown' };
  return { path, state: bytes.value.equals(own.bytes) ? 'current' : 'different' };
}

function isReadable(root: string, path: string): boolean {
  return attempt(() => {
    accessSync(below(root, path), constants.R_OK);
  }).ok;
}
