// Mutations that see characters, tags and attributes, but no tree.
import type { Random } from './random.ts';

export type Mutation = (document: string, random: Random) => string;

const bytes = (...codes: number[]): string => String.fromCharCode(...codes);

const CHARACTERS = [
  ...'< > & " \' / = ! ? - [ ] ; : # . \n \r \t x A 0 _'.split(' '),
  ' ',
  bytes(0),
  bytes(1),
  bytes(0x1f),
  bytes(0x7f),
];
// NEL, NBSP, LINE SEPARATOR, U+FEFF, U+FFFE, U+FFFF, an astral character and an e with an acute.
const ENCODED = ['\u0085', '\u00a0', '\u2028', '\ufeff', '\ufffe', '\uffff', '\u{1f600}', '\u00e9'].map((character) =>
  Buffer.from(character).toString('latin1'),
);
// Lone continuation, cut sequence, overlong '/', surrogate, beyond U+10FFFF, and bytes UTF-8 never has.
const NOT_UTF8 = [
  bytes(0x80),
  bytes(0xc3),
  bytes(0xc0, 0xaf),
  bytes(0xed, 0xa0, 0x80),
  bytes(0xf4, 0x90, 0x80, 0x80),
  bytes(0xff, 0xfe),
];
const REFERENCES = [
  ...['&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&#109;', '&#x6D;', '&#X6D;', '&#10;', '&#xD;', '&#x1F600;'],
  ...['&#0;', '&#1;', '&#xD800;', '&#xFFFE;', '&#x110000;', '&#99999999999;', '&#x1000000041;', '&#;', '&#x;', '& ;'],
  ...['&undefined;', '&nbsp;', '&amp', '&', '&amp;amp;', '&#x26;lt;', '&#38;#60;'],
];
const MARKUP = [
  ...['<!---->', '<!-- a -->', '<!-- -- -->', '<!--a--->', '<!-- <hostdev> -->', '<!--', '-->', '<!- a ->'],
  ...[
    '<?p?>',
    '<?p a?>',
    '<?p',
    '<?xml a?>',
    '<?XML a?>',
    '<?xMl?>',
    '<?x:y a?>',
    '<?xml-stylesheet href="a"?>',
    '<? p?>',
  ],
  ...[
    '<![CDATA[]]>',
    '<![CDATA[<hostdev>]]>',
    '<![CDATA[',
    ']]>',
    '<![cdata[a]]>',
    '<![CDATA[a]]]]>',
    '<!ELEMENT a ANY>',
  ],
  ...[
    '<a/>',
    '<a>',
    '</a>',
    '<a/ >',
    '< a/>',
    '<a></a >',
    '<1/>',
    '<-/>',
    '<a.-1/>',
    '</>',
    '<>',
    '<a b/>',
    '<a b=c/>',
  ],
  ...[
    `<a b='<'/>`,
    `<a b='>'/>`,
    `<a b='&'/>`,
    `<a b=''c=''/>`,
    `<a b = '1'/>`,
    `<a\n/>`,
    `<__proto__ constructor=''/>`,
  ],
];

/** Half of the time in a hostdev, the name or the first tag: elsewhere most edits change nothing of interest. */
function place(document: string, random: Random): number {
  const spots = [...document.matchAll(/<hostdev.*?<\/hostdev>|<name>.*?<\/name>|^<domain[^>]*>/gs)];
  if (spots.length === 0 || random.below(2) === 0) return random.below(document.length + 1);
  const spot = random.pick(spots);
  return spot.index + random.below(spot[0].length + 1);
}

function insert(document: string, at: number, what: string, instead = 0): string {
  return document.slice(0, at) + what + document.slice(at + instead);
}

/** The document with one match of `pattern` edited; as it was where there is none. */
export function editOne(
  document: string,
  random: Random,
  pattern: RegExp,
  edit: (match: string, ...groups: string[]) => string,
): string {
  const matches = [...document.matchAll(pattern)];
  const near = matches.filter(({ 0: text }) => /hostdev|uuid|mdev|name>/.test(text));
  if (matches.length === 0) return document;
  const match = random.pick(near.length > 0 && random.below(2) === 0 ? near : matches);
  const [text, ...groups] = match;
  return insert(document, match.index, edit(text, ...groups), text.length);
}

const TAG = /<[^<>]*>/g;
const ATTRIBUTE = /\s([\w:]+)=('|")([^'"<>]*)\2/g;

export const TEXT_MUTATIONS = {
  'bytes deleted': (d, r) => insert(d, place(d, r), '', r.pick([1, 1, 2, 8, 60])),
  'bytes doubled': (d, r) => {
    const at = place(d, r);
    return insert(d, at, d.slice(at, at + r.pick([1, 2, 10, 200])));
  },
  'a character inserted': (d, r) => insert(d, place(d, r), r.pick(CHARACTERS)),
  'a character replaced': (d, r) => insert(d, place(d, r), r.pick(CHARACTERS), 1),
  'an encoded character inserted': (d, r) => insert(d, place(d, r), r.pick(ENCODED)),
  'bad UTF-8 inserted': (d, r) => insert(d, place(d, r), r.pick(NOT_UTF8)),
  'neighbours swapped': (d, r) => {
    const at = place(d, r);
    return insert(d, at, d.charAt(at + 1) + d.charAt(at), 2);
  },
  'the end cut off': (d, r) => d.slice(0, r.pick([d.length - 1, d.length - 2, d.length - 10, place(d, r)])),
  'a reference inserted': (d, r) => insert(d, place(d, r), r.pick(REFERENCES)),
  'a reference in a value': (d, r) =>
    editOne(d, r, /(['">])(mdev|subsystem|vfio-\w+|[0-9a-f-]{36}|mdevguest|plain)(?=['"<])/g, (_, quote, value) => {
      const cut = r.below(value.length);
      return `${quote}${insert(value, cut, r.pick(REFERENCES), r.below(2))}`;
    }),
  'a character of a value as a reference': (d, r) =>
    editOne(d, r, /(?<=type=['"])m|(?<=uuid=['"])\w|(?<=mode=['"])s|(?<=<name>)\w/g, (character) => {
      const code = character.charCodeAt(0);
      return r.pick([`&#${String(code)};`, `&#x${code.toString(16)};`, `&#x000${code.toString(16).toUpperCase()};`]);
    }),
  'markup inserted': (d, r) => insert(d, place(d, r), r.pick(MARKUP)),
  'markup inserted before a tag': (d, r) => editOne(d, r, TAG, (tag) => r.pick(MARKUP) + tag),
  'a comment or CDATA inside the name': (d, r) =>
    editOne(
      d,
      r,
      /<(name|uuid)>/g,
      (tag) => tag + r.pick(['<!--a-->', '<![CDATA[a]]>', '<?p?>', '<i>a</i>', ' ', '\n']),
    ),
  'a tag deleted': (d, r) => editOne(d, r, TAG, () => ''),
  'a tag doubled': (d, r) => editOne(d, r, TAG, (tag) => tag + tag),
  'two tags swapped': (d, r) => editOne(d, r, /(<[^<>]*>)(\s*)(<[^<>]*>)/g, (_, a, gap, b) => `${b}${gap}${a}`),
  'the quotes of a value changed': (d, r) =>
    editOne(
      d,
      r,
      ATTRIBUTE,
      (_, name, __, value) => ` ${name}=${r.pick([`"${value}"`, `"${value}'`, value, `'${value}`])}`,
    ),
  'an attribute deleted': (d, r) => editOne(d, r, ATTRIBUTE, () => ''),
  'an attribute doubled': (d, r) => editOne(d, r, ATTRIBUTE, (attribute) => attribute + attribute),
  'the case of an attribute changed': (d, r) => editOne(d, r, ATTRIBUTE, (attribute) => attribute.toUpperCase()),
  'the case of a tag changed': (d, r) => editOne(d, r, TAG, (tag) => tag.replace(/\w+/, (name) => name.toUpperCase())),
  'white space in a value': (d, r) =>
    editOne(d, r, /(?<=(?:uuid|type|mode|model)=['"])[^'"]*/g, (value) =>
      r.pick([` ${value}`, `${value}\n`, `\t${value} `, value.replace('-', '\r\n')]),
    ),
  'line ends changed': (d, r) => d.replaceAll('\n', r.pick(['\r\n', '\r', '', '\n\r'])),
} as const satisfies Record<string, Mutation>;
