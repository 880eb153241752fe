// System calls as values: what failed is data here, not an exception.
import type { Outcome } from './io.ts';

/** Runs one `node:fs` call. Decides by number: Node has no code for many an errno a driver may return. */
export function attempt<T>(call: () => T): Outcome<T> {
  try {
    return { ok: true, value: call() };
  } catch (error) {
    if (error instanceof Error && 'errno' in error && typeof error.errno === 'number')
      return { ok: false, errno: Math.abs(error.errno) };
    throw error;
  }
}
