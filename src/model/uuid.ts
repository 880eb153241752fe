// A UUID as libvirt reads and writes it.

/** A UUID in the one spelling sysfs uses: lower case, with hyphens. Only `parseUuid` makes one. */
export type Uuid = string & { readonly __brand: 'Uuid' };

/**
 * Reads a UUID in every form libvirt accepts, or gives null.
 * The same liberal scan as virUUIDParse (libvirt, src/util/viruuid.c): white space around it,
 * '-' and ' ' anywhere between the pairs of digits, either case.
 * Its result is safe as one path component: 32 hexadecimal digits and four hyphens.
 */
export function parseUuid(text: string): Uuid | null {
  // As libvirt writes every one of them.
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)) return text as Uuid;
  let digits = '';
  let at = skipBlanks(text, 0);
  while (digits.length < 32) {
    if (text[at] === '-' || text[at] === ' ') {
      at += 1;
      continue;
    }
    const pair = /^[0-9a-f]{2}$/i.exec(text.slice(at, at + 2))?.[0];
    if (pair === undefined) return null;
    digits += pair.toLowerCase();
    at += 2;
  }
  if (skipBlanks(text, at) < text.length) return null;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as Uuid;
}

// What isspace(3) calls blank in the C locale.
function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\v\f\r'.includes(text.charAt(at))) at += 1;
  return at;
}
