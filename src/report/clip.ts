// Shortening, in bytes of UTF-8, never inside a character. A document may hold names of megabytes: of a long text no
// more is looked at than could be told.
import { printable } from '../model/printable.ts';

/** At most `limit` bytes (8 or more); what is left out in the middle shows as `...`. Versions and names differ at either end. */
export function clip(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const front = Math.ceil((limit - 3) / 2);
  // A character has a byte at least. Half of one, where the cut goes through it, has three, and never fits.
  const [first, last] = [Array.from(text.slice(0, limit)), Array.from(text.slice(-limit))];
  return `${within(first, front)}...${within(last.reverse(), limit - 3 - front, true)}`;
}

/** The same of `printable(text)`, which is never shorter than the text itself. */
export function clipPrintable(text: string, limit: number): string {
  return clip(printable(text.length > 2 * limit ? text.slice(0, limit) + text.slice(-limit) : text), limit);
}

/** At most `limit` bytes; the end is lost. */
export function clipBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  return `${within(Array.from(text.slice(0, limit)), limit - 3)}...`;
}

// As many characters as fit, from the front on; turned round again where they came reversed.
function within(characters: readonly string[], limit: number, reversed = false): string {
  let used = 0;
  const kept: string[] = [];
  for (const character of characters) {
    used += Buffer.byteLength(character);
    if (used > limit) break;
    kept.push(character);
  }
  return (reversed ? kept.reverse() : kept).join('');
}
