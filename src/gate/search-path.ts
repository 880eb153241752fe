// Which programs a hook finds: on the PATH it inherits from libvirt's daemon.
import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, below, isAbsent, shownPath } from './files.ts';

export interface FoundProgram {
  readonly path: string;
  /** Behind all symbolic links. */
  readonly file: string;
}

/** The first executable of that name on a PATH; null where there is none. A hook's working directory is /. */
export function findProgram(root: string, searchPath: string, name: string): FoundProgram | null {
  for (const directory of searchPath.split(':')) {
    const path = `${directory.startsWith('/') ? directory : `/${directory}`}/${name}`.replace(/\/{2,}/g, '/');
    const place = below(root, path);
    const found = attempt(() => statSync(place));
    if (!found.ok || !found.value.isFile() || (found.value.mode & 0o111) === 0) continue;
    const file = attempt(() => realpathSync(place));
    return { path, file: file.ok ? shownPath(root, file.value) : path };
  }
  return null;
}

/** What others than root may change. */
export interface Exposure {
  readonly path: string;
  readonly why: 'relative' | 'unreadable' | { readonly owner: number } | { readonly mode: number };
}

/**
 * Why nothing may be run with this PATH: the first thing on it that decides what these names are, and that others
 * than root may change. Directories count from / on, links are followed, and a name may not yet be there; the sticky
 * bit helps nobody, for what is not there can be put there. Once this finds nothing, nobody but root can change that.
 */
export function findExposure(root: string, searchPath: string, names: readonly string[]): Exposure | null {
  for (const directory of searchPath.split(':')) {
    if (!directory.startsWith('/')) return { path: directory, why: 'relative' };
    for (const name of names) {
      const found = exposureOnTheWayTo(root, `${directory}/${name}`);
      if (found !== null) return found;
    }
  }
  return null;
}

// As many as Linux follows.
const MOST_LINKS = 40;

function exposureOnTheWayTo(root: string, path: string): Exposure | null {
  const ahead = ['/', ...path.split('/')];
  let behind = '/';
  let links = 0;
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    const next = join(behind, name);
    const found = attempt(() => lstatSync(below(root, next)));
    if (!found.ok) return isAbsent(found.error) ? null : { path: next, why: 'unreadable' };
    const { uid, mode } = found.value;
    if (found.value.isSymbolicLink()) {
      // Whoever may change a link is who may write its directory.
      if (++links > MOST_LINKS) return { path, why: 'unreadable' };
      const link = attempt(() => readlinkSync(below(root, next)));
      if (!link.ok) return { path: next, why: 'unreadable' };
      if (link.value.startsWith('/')) behind = '/';
      ahead.unshift(...link.value.split('/'));
      continue;
    }
    // What is ours, where we are not root, is run with no more rights than its owner's.
    if (uid !== 0 && uid !== process.geteuid?.()) return { path: next, why: { owner: uid } };
    if ((mode & 0o022) !== 0) return { path: next, why: { mode: mode & 0o7777 } };
    behind = next;
  }
  return null;
}
