// Mutations that know what a domain XML looks like: what surrounds it, where a hostdev may hide, whose
// namespace it is in, and how its UUID and address may be spelled.
import { editOne, type Mutation } from './mutations-text.ts';
import type { Random } from './random.ts';

const BOM = '\xef\xbb\xbf';
const UUID = '83b8f4f2-509f-382f-3c1e-e6bfe0fa3003';
const HIDDEN = `<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='${UUID}'/></source></hostdev>`;

const DOCTYPES = [
  '<!DOCTYPE domain>',
  '<!DOCTYPE domain [<!ENTITY a "mdev">]>',
  `<!DOCTYPE domain [<!ATTLIST hostdev type CDATA "mdev">]>`,
  '<!DOCTYPE domain SYSTEM "file:///nonexistent">',
  '<!DOCTYPE',
  '<!doctype domain>',
];
const DECLARATIONS = [
  ...[
    `<?xml version='1.0'?>`,
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<?xml version='1.0' encoding='utf-8' standalone='yes'?>`,
  ],
  ...[
    `<?xml version='1.0' encoding='utf8'?>`,
    `<?xml version='1.0' encoding='US-ASCII'?>`,
    `<?xml version='1.0' encoding='ascii'?>`,
  ],
  ...[
    `<?xml version='1.0' encoding='ISO-8859-1'?>`,
    `<?xml version='1.0' encoding='UTF-16'?>`,
    `<?xml version='1.0' encoding='x'?>`,
  ],
  ...[
    `<?xml version='1.1'?>`,
    `<?xml version='1.9'?>`,
    `<?xml version='2.0'?>`,
    `<?xml version='1.0' standalone='maybe'?>`,
    `<?xml?>`,
  ],
  ...[
    `<?xml encoding='UTF-8'?>`,
    `<?xml version='1.0' encoding=''?>`,
    `<?xml version='1.0' a='b'?>`,
    `<?xml version='1.0'>`,
  ],
  ...[` <?xml version='1.0'?>`, `\n<?xml version='1.0'?>`, `<?XML version='1.0'?>`, `<!-- --><?xml version='1.0'?>`],
  ...[`<?xml version='1.0'encoding='UTF-8'?>`, `<?xml standalone='yes' version='1.0'?>`, `<?xml version='1.0' ?>`],
];
const TRAILERS = [
  ...[
    '<domain/>',
    'text',
    '&#32;',
    '<!-- a -->',
    '<?p?>',
    '<?xml version="1.0"?>',
    '<![CDATA[ ]]>',
    '\0',
    '\0<a>',
    ' \n\t\r',
    BOM,
  ],
  ...['<!DOCTYPE domain>', '</domain>', HIDDEN, '<', '&amp;', '\x1a', '\u00a0', '<!--', '-->'],
];
const NAMESPACES = [
  ...[`xmlns='urn:x'`, `xmlns=''`, `xmlns:x='urn:x'`, `xmlns:x=''`, `xmlns:xml='urn:x'`, `xmlns:xmlns='urn:x'`],
  ...[`xmlns:xml='http://www.w3.org/XML/1998/namespace'`, `xmlns='http://www.w3.org/XML/1998/namespace'`],
  ...[
    `xmlns:y='http://www.w3.org/2000/xmlns/'`,
    `xmlns='http://www.w3.org/2000/xmlns/'`,
    `xmlns:x='relative'`,
    `xmlns:x='a b'`,
  ],
  ...[
    `xmlns:x='urn:x' xmlns:y='urn:x' x:a='' y:a=''`,
    `xmlns:type='mdev'`,
    `xmlns:x='urn:x' x:type='mdev'`,
    `x:type='mdev'`,
  ],
  ...[
    `xmlns:x='urn:x' x:mode='subsystem'`,
    `xmlns:x='urn:x' x:uuid='${UUID}'`,
    `xmlns:x='urn:x' x:model='a'`,
    `xml:type='mdev'`,
  ],
  ...[`xml:lang='en'`, `xml:id='1'`, `xml:space='a'`, `a:b:c=''`, `:a=''`, `a:=''`, `xmlns:='urn:x'`],
];
const TARGETS = /<(domain|devices|hostdev|source|address|name|metadata)\b/g;
const UUIDS = [
  ...[
    UUID.toUpperCase(),
    UUID.replaceAll('-', ''),
    UUID.replaceAll('-', ' '),
    ` ${UUID} `,
    `{${UUID}}`,
    `${UUID}0`,
    '',
  ],
  ...[
    UUID.slice(1),
    `-${UUID}`,
    `${UUID}-`,
    UUID.replace('83', '8-3'),
    UUID.replace('8', 'g'),
    `urn:uuid:${UUID}`,
    `../${UUID}`,
  ],
];
const NUMBERS = [
  '0x01',
  '1',
  '017',
  '08',
  '0x',
  '',
  ' 1',
  '1 ',
  '-1',
  '0xg',
  '99999999999',
  '+1',
  '0X1F',
  '1e1',
  '0b1',
];

// A hostdev, or another element with what it holds.
function editElement(document: string, random: Random, edit: (element: string) => string): string {
  return editOne(document, random, /<hostdev\b.*?<\/hostdev>|<name>.*?<\/name>|<source>.*?<\/source>/gs, edit);
}

function nested(open: string, close: string, times: number): Mutation {
  return (document) => open.repeat(times) + document + close.repeat(times);
}

export const TREE_MUTATIONS = {
  'a document type': (d, r) => r.pick(DOCTYPES) + d,
  'an XML declaration': (d, r) => r.pick(DECLARATIONS) + d,
  'a declaration and a character beyond ASCII': (d, r) => r.pick(DECLARATIONS) + d.replace('<name>', '<name>\xc3\xa9'),
  'a declaration and a byte of latin1': (d, r) => r.pick(DECLARATIONS) + d.replace('<name>', '<name>\xe9'),
  'a byte order mark': (d, r) =>
    r.pick([BOM, BOM + BOM, ` ${BOM}`, BOM + r.pick(DECLARATIONS), '\xff\xfe', '\xfe\xff']) + d,
  'something in front': (d, r) => r.pick(['\n', ' ', 'text', '<!-- a -->', '<?p?>', '<![CDATA[]]>', '\0', '<a/>']) + d,
  'something behind': (d, r) => d + r.pick(TRAILERS),
  'another document behind': (d) => d + d,
  'inside another root': (d, r) =>
    r.pick([
      nested(`<domstatus state='running'>`, '</domstatus>', 1),
      nested('<domainsnapshot>', '</domainsnapshot>', 1),
      nested('<domain><metadata>', '</metadata></domain>', 1),
      nested('<domain><devices>', '</devices></domain>', 1),
    ])(d, r),
  'another root element': (d, r) =>
    d.replaceAll(/(?<=<\/?)domain\b/g, r.pick(['Domain', 'domainbackup', 'network', 'domain2', '_'])),
  'elements nested deep': (d, r) => {
    const times = r.pick([50, 97, 98, 99, 100, 200, 300]);
    return d.replace('</devices>', () => `${'<a>'.repeat(times)}${'</a>'.repeat(times)}</devices>`);
  },
  'a hostdev in metadata': (d) =>
    d.replace(/<devices>/, () => `<metadata><devices>${HIDDEN}</devices></metadata><devices>`),
  'a hostdev beside devices': (d) => d.replace(/<devices>/, () => `${HIDDEN}<devices>`),
  'a hostdev one level lower': (d) => d.replace(/<devices>/, () => `<devices><a>${HIDDEN}</a>`),
  'a hostdev in a hostdev': (d, r) => editOne(d, r, /<\/?source>/g, (tag) => HIDDEN + tag),
  'a second devices element': (d) => d.replace(/<devices>/, () => `<devices>${HIDDEN}</devices><devices>`),
  'an element in a comment': (d, r) => editElement(d, r, (element) => `<!--${element}-->`),
  'an element in CDATA': (d, r) => editElement(d, r, (element) => `<![CDATA[${element}]]>`),
  'an element in another': (d, r) => editElement(d, r, (element) => `<a>${element}</a>`),
  'an element deleted': (d, r) => editElement(d, r, () => ''),
  'an element doubled': (d, r) => editElement(d, r, (element) => element + element),
  'an element with a prefix': (d, r) =>
    editElement(d, r, (element) => {
      const prefix = r.pick(['x', 'xml', 'xmlns', 'y:x', '']);
      const bound = r.pick([` xmlns:x='urn:x'`, ` xmlns:x=''`, '']);
      return element.replace(/^<(\w+)/, `<${prefix}:$1${bound}`).replace(/<\/(\w+)>$/, `</${prefix}:$1>`);
    }),
  'a namespace': (d, r) => editOne(d, r, TARGETS, (tag) => `${tag} ${r.pick(NAMESPACES)}`),
  'two namespaces': (d, r) => {
    const edit = (document: string): string => editOne(document, r, TARGETS, (tag) => `${tag} ${r.pick(NAMESPACES)}`);
    return edit(edit(d));
  },
  'a tag of many attributes': (d, r) => {
    const many = Array.from({ length: r.pick([500, 990, 1010, 2000]) }, (_, index) => ` a${String(index)}=''`);
    return editOne(d, r, TARGETS, (tag) => `${tag}${many.join('')}`);
  },
  'another kind of hostdev': (d, r) =>
    editOne(d, r, /<hostdev\b[^>]*>/g, (tag) =>
      r.pick([
        tag.replace(/ mode='[^']*'/, ''),
        tag.replace(
          / mode='[^']*'/,
          ` mode='${r.pick(['', 'capabilities', 'Subsystem', ' subsystem', 'subsystem '])}'`,
        ),
        tag.replace(/ type=('|").*?\1/, ` type='${r.pick(['', 'pci', 'MDEV', ' mdev', 'mdev\n', 'mdevs'])}'`),
        tag.replace(/ type=('|").*?\1/, ''),
        tag.replace(/ model='[^']*'/, ` model='${r.pick(['', 'vfio-ap', 'VFIO-PCI', 'a&amp;b'])}'`),
      ]),
    ),
  'another spelling of a UUID': (d, r) => editOne(d, r, /(?<=address uuid=')[^']*/g, () => r.pick(UUIDS)),
  'another guest address': (d, r) =>
    editOne(d, r, /(?<=<\/source>.{0,60})(?<=(?:slot|bus|domain)=')[^']*/gs, () => r.pick(NUMBERS)),
} as const satisfies Record<string, Mutation>;
