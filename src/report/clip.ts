// Shortening, in bytes of UTF-8, never inside a character.

/** At most `limit` bytes (8 or more); what is left out in the middle shows as `...`. Versions and names differ at either end. */
export function clip(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const characters = Array.from(text);
  const front = Math.ceil((limit - 3) / 2);
  return `${within(characters, front)}...${within(characters.reverse(), limit - 3 - front, true)}`;
}

/** At most `limit` bytes; the end is lost. */
export function clipBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  return `${within(Array.from(text), limit - 3)}...`;
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
