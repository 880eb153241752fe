// Whether two stamps say the same of the same host, whenever they were made.
import type { Stamp } from '../model/stamp.ts';
import { writeBareStamp } from './write.ts';

/** As they read once written: what would be escaped on the way counts as its escaped self. */
export function sameFacts(one: Stamp, other: Stamp): boolean {
  return facts(one) === facts(other);
}

function facts(stamp: Stamp): string {
  return writeBareStamp({ ...stamp, stampedAt: '' });
}
