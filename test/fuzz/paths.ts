// The port to a sysfs, with a record of what was asked of it.
import type { SysfsIo } from '../../src/sysfs/io.ts';

interface Asked {
  readonly action: 'realpath' | 'list' | 'read' | 'offer';
  readonly path: string;
  readonly version: string | null;
}

export interface Recorded {
  readonly asked: Asked[];
  /** The names that each directory gave. */
  readonly listed: Map<string, readonly string[]>;
}

export function recording(io: SysfsIo, { asked, listed }: Recorded): SysfsIo {
  return {
    ...io,
    realpath(path) {
      asked.push({ action: 'realpath', path, version: null });
      return io.realpath(path);
    },
    list(path) {
      asked.push({ action: 'list', path, version: null });
      const names = io.list(path);
      if (names.ok) listed.set(path, names.value);
      return names;
    },
    read(path) {
      asked.push({ action: 'read', path, version: null });
      return io.read(path);
    },
    offer(path, version) {
      asked.push({ action: 'offer', path, version });
      return io.offer(path, version);
    },
  };
}

const PARENTS = 'class/mdev_bus';
const MDEV =
  /^bus\/mdev\/devices\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\/mdev_type)?(?:\/migration_version|\/device_api)?$/;
const TYPE = /^([^/]+)\/mdev_supported_types(?:\/([^/]+)\/(?:migration_version|device_api|available_instances))?$/;

/** The paths that are neither of a mdev with a UUID as sysfs writes it, nor made of names that the directories gave. */
export function strayPaths({ asked, listed }: Recorded): string[] {
  const known = (path: string): boolean => {
    if (path === PARENTS || MDEV.test(path)) return true;
    if (!path.startsWith(`${PARENTS}/`)) return false;
    const [, parent, type] = TYPE.exec(path.slice(PARENTS.length + 1)) ?? [];
    if (parent === undefined || listed.get(PARENTS)?.includes(parent) !== true) return false;
    return type === undefined || listed.get(`${PARENTS}/${parent}/mdev_supported_types`)?.includes(type) === true;
  };
  return asked.filter(({ path }) => !known(path)).map(({ action, path }) => `${action} of a stray path: ${path}`);
}
