// A simulated sysfs that remembers what its drivers were asked.
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import type { SysfsIo } from '../../src/sysfs/io.ts';

export interface RecordingSysfs extends SysfsIo {
  readonly offers: { readonly path: string; readonly version: string }[];
}

export function recordingSysfs(host: SimulatedHost): RecordingSysfs {
  const io = simulatedSysfs(host);
  const offers: { path: string; version: string }[] = [];
  return {
    ...io,
    offers,
    offer(path, version) {
      offers.push({ path, version });
      return io.offer(path, version);
    },
  };
}
