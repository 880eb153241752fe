// Inputs made of others: bytes and tokens changed, doubled, taken from elsewhere.
import type { Random } from '../domain-xml/random.ts';

// What a domain XML and a stamp are made of, and what spoils them.
const WORDS = [
  ...['domain', 'devices', 'hostdev', 'source', 'address', 'metadata', 'name', 'uuid', 'title', 'description', 'genid'],
  ...['stamp', 'device', 'version', 'exemption', 'host', 'host-id', 'time', 'index', 'type', 'parent', 'node', 'value'],
  ...[
    'error',
    'by',
    'from',
    'until',
    'reason',
    'mode',
    'model',
    'subsystem',
    'mdev',
    'pci',
    'ccw',
    'unassigned',
    'bus',
  ],
  ...['slot', 'function', 'cssid', 'ssid', 'devno', 'vfio-pci', 'vfio-ap', 'ENOENT', 'EIO', 'xmlns', 'xml', 'xmlns:x'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'encoding',
    'version="1.0"',
    'standalone="yes"',
    'UTF-8',
    'us-ascii',
    'UTF-16',
  ],
  ...['urn:mdev-preflight:stamp:1', 'urn:mdev-preflight:exemption:1', 'http://www.w3.org/2000/xmlns/'],
  ...[
    '2026-01-02T03:04:05Z',
    '2026-11-22T10:00:00Z',
    '2026-11-22T11:00:00Z',
    '2026-02-30T24:00:00.1Z',
    '0x0',
    '017',
    '-1',
  ],
];
const SIGNS = [
  ...[
    '<',
    '>',
    '/>',
    '</',
    '=',
    "'",
    '"',
    '&',
    ';',
    ' ',
    '\n',
    '\r\n',
    '\t',
    ':',
    '%',
    '%0A',
    '%zz',
    '..',
    '/',
    '\0',
    '\u001e',
  ],
  ...[
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<?xml ',
    '<!DOCTYPE ',
    '&amp;',
    '&lt;',
    '&#x',
    '&#1;',
    '&#65;',
    '&#xd800;',
  ],
  ...['\ufeff', '\u0085', '\u2028', '\ufffe', '\u{1f600}', '\u00e9', '\u202e', '</domain>', '<a/>', '<a>', '</a>'],
].map((sign) => Buffer.from(sign).toString('latin1'));
// Tags, values, names, runs of white space, signs.
const TOKEN = /<\/?[\w:-]+|"[^"]*"|'[^']*'|[\w:-]+|\s+|[^\w\s]/g;
const ELEMENT = /<([\w:-]+)(?:\s[^<>]*)?(?:\/>|>[^]*?<\/\1\s*>)/g;
const LENGTH_LIMIT = 20_000;

type Change = (text: string, random: Random, other: string) => string;

const put = (text: string, at: number, what: string, instead = 0): string =>
  text.slice(0, at) + what + text.slice(at + instead);
const somewhere = (text: string, random: Random): number => random.below(text.length + 1);
/** One of the matches, if there is any. */
function one(text: string, random: Random, pattern: RegExp): { readonly at: number; readonly it: string } | null {
  const from = random.below(Math.max(text.length, 1));
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  pattern.lastIndex = 0;
  return match === null ? null : { at: match.index, it: match[0] };
}

const CHANGES: readonly Change[] = [
  (text, random) => put(text, somewhere(text, random), String.fromCharCode(random.below(256)), random.below(2)),
  (text, random) => put(text, somewhere(text, random), random.pick(SIGNS), random.below(2)),
  (text, random) => put(text, somewhere(text, random), '', 1 + random.below(random.pick([2, 8, 200]))),
  (text, random) => {
    const at = somewhere(text, random);
    return put(text, at, text.slice(at, at + 1 + random.below(60)));
  },
  (text, random) => replaceOne(text, random, TOKEN, () => random.pick(WORDS)),
  (text, random) => replaceOne(text, random, TOKEN, () => ''),
  (text, random) => replaceOne(text, random, TOKEN, (it) => it + it),
  (text, random) => replaceOne(text, random, /"[^"]*"|'[^']*'/g, () => `'${random.pick(WORDS)}'`),
  (text, random) =>
    replaceOne(text, random, /\s(?=[\w:-]+\s*=)/g, () => ` ${random.pick(WORDS)}='${random.pick(WORDS)}' `),
  (text, random) => replaceOne(text, random, ELEMENT, () => ''),
  (text, random) => replaceOne(text, random, ELEMENT, (it) => it + it),
  (text, random) => replaceOne(text, random, ELEMENT, (it) => `<!--${it}-->`),
  (text, random) =>
    replaceOne(text, random, ELEMENT, (it) => `<${random.pick(WORDS)} a='${it.length.toString()}'>${it}</a>`),
  (text, random) => replaceOne(text, random, /[\w]/g, (it) => `&#${String(it.charCodeAt(0))};`),
  // From another input: an element, a token, the rest.
  (text, random, other) => replaceOne(text, random, ELEMENT, (it) => one(other, random, ELEMENT)?.it ?? it),
  (text, random, other) => put(text, somewhere(text, random), one(other, random, ELEMENT)?.it ?? ''),
  (text, random, other) => replaceOne(text, random, TOKEN, (it) => one(other, random, TOKEN)?.it ?? it),
  (text, random, other) => text.slice(0, somewhere(text, random)) + other.slice(somewhere(other, random)),
];

function replaceOne(text: string, random: Random, pattern: RegExp, make: (it: string) => string): string {
  const found = one(text, random, pattern);
  return found === null ? text : put(text, found.at, make(found.it), found.it.length);
}

/** `input`, changed once or a few times. Characters are bytes. */
export function mutate(input: string, random: Random, other: string): string {
  let text = input;
  for (let left = random.pick([1, 1, 1, 2, 3, 6]); left > 0; left -= 1)
    text = random.pick(CHANGES)(text, random, other);
  return text.length > LENGTH_LIMIT ? text.slice(0, LENGTH_LIMIT) : text;
}

/** The shortest input found, by leaving out ever smaller pieces, of which `fails` still holds. */
export function minimised(input: string, fails: (text: string) => boolean): string {
  let text = input;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < text.length;) {
      const shorter = put(text, at, '', size);
      if (fails(shorter)) text = shorter;
      else at += size;
    }
  }
  return text;
}
