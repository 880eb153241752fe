// Which programs a hook finds: on the PATH it inherits from libvirt's daemon.
import { realpathSync, statSync } from 'node:fs';
import { attempt, below, shownPath } from './files.ts';

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
