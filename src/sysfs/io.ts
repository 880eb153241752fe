// The port to a sysfs: five things that can be done to it. `kernel-io.ts` does them to a real one,
// `src/simulation/` to one that exists in memory.
import type { Answer, AttributeRead, Waiting } from '../model/facts.ts';
import type { VersionBytes } from '../model/version.ts';

/** `errno` is positive. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: number };

/** Paths are relative to the sysfs root, without a leading slash. */
export interface SysfsIo {
  /** The path behind all symbolic links; only its last components mean anything. */
  realpath(path: string): Outcome<string>;
  /** Which one is behind the path: what is removed and made again under the same name is another one. */
  identity(path: string): Outcome<string>;
  /** The names in a directory. */
  list(path: string): Outcome<readonly string[]>;
  read(path: string): AttributeRead;
  /** Offers a version to the driver behind an attribute: one open(2), one write(2). */
  offer(path: string, version: VersionBytes): Answer;
  /** The path as people see it. */
  fullPath(path: string): string;
  /** A moment of the kernel log's clock. */
  kernelLogNow(): number;
  /** The kernel's log lines since a moment, oldest first; none where the log cannot be read. */
  kernelLogSince(moment: number): readonly string[];
}

/**
 * The same sysfs, announcing each action before it: any of them may never come back. Of the look-ups of one mdev, which
 * follow on each other, the first is announced: no driver is asked by them.
 */
export function announcing(io: SysfsIo, announce: (waiting: Waiting) => void): SysfsIo {
  let last: Waiting['action'] | null = null;
  const about = (action: Waiting['action'], path: string): void => {
    if (action !== 'look-up' || last !== 'look-up') announce({ action, path: io.fullPath(path) });
    last = action;
  };
  return {
    ...io,
    realpath(path) {
      about('look-up', path);
      return io.realpath(path);
    },
    identity(path) {
      about('look-up', path);
      return io.identity(path);
    },
    list(path) {
      // What was looked up before is known, and told with this: that a mdev is missing.
      last = null;
      about('look-up', path);
      return io.list(path);
    },
    read(path) {
      about('read', path);
      return io.read(path);
    },
    offer(path, version) {
      about('write', path);
      return io.offer(path, version);
    },
  };
}
