// A sysfs that changes between two operations of whoever uses it.
import type { SysfsIo } from '../../src/sysfs/io.ts';

/** `before` is called before each operation, with how many there were so far. The count is `operations()`. */
export function interrupted(
  io: () => SysfsIo,
  before: (operations: number) => void,
): SysfsIo & { operations: () => number } {
  let count = 0;
  const now = (): SysfsIo => {
    before(count);
    count += 1;
    return io();
  };
  return {
    ...io(),
    realpath: (path) => now().realpath(path),
    identity: (path) => now().identity(path),
    list: (path) => now().list(path),
    read: (path) => now().read(path),
    offer: (path, version) => now().offer(path, version),
    operations: () => count,
  };
}
