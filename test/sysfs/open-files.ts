// What this process has open, by path.
import { readdirSync, readlinkSync } from 'node:fs';

export function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      // It was closed meanwhile.
      return [];
    }
  });
}
