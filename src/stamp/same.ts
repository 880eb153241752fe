// Whether two stamps say the same of the same host, whenever they were made.
import { printable } from '../model/printable.ts';
import type { Stamp } from '../model/stamp.ts';

/** As they read once written: what would be escaped on the way counts as its escaped self. */
export function sameFacts(one: Stamp, other: Stamp): boolean {
  return facts(one) === facts(other);
}

function facts({ host, devices }: Stamp): string {
  return JSON.stringify({ host, devices }, (key, value: unknown) =>
    typeof value === 'string' && key !== 'bytes' ? printable(value) : value,
  );
}
