// Reads this machine's files below a root directory: '/', or one that stands for it. What cannot be read is
// data: which check it matters to is not decided here.
import { join } from 'node:path';

/** `error` is the errno's name. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** Runs one call of node:fs. */
export function attempt<T>(call: () => T): Read<T> {
  try {
    return { ok: true, value: call() };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { ok: false, error: String(error.code) };
    throw error;
  }
}

/** Nothing is there. */
export function isAbsent(error: string): boolean {
  return error === 'ENOENT' || error === 'ENOTDIR';
}

/** Where a path of the machine is below the root. */
export function below(root: string, path: string): string {
  return join(root, path);
}

/** The path of the machine behind one below the root. */
export function shownPath(root: string, path: string): string {
  const prefix = join(root, '/');
  return path.startsWith(prefix) ? `/${path.slice(prefix.length)}` : path;
}
