// Domain documents put together from parts that a hostile or a careless writer may put into them. Enough of them are
// accepted, refused, plain and unusable for each to mean something; grammar.test.ts counts.
import fc from 'fast-check';
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { encodeVersion, type VersionBytes } from '../../src/model/version.ts';
import { FIRST_MDEV, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { THIRD_MDEV } from './host.ts';
import { SECRETS } from './properties.ts';

/** Names that objects have by themselves, and that paths have a meaning for. */
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'type', 'length', 'x'];
const PATHS = [
  ...[
    '../../../etc/passwd',
    '/etc/passwd',
    '..',
    '.',
    '',
    '../..',
    'a/../../b',
    '%2e%2e%2f',
    '..%00',
    '&#46;&#46;/&#46;&#46;',
  ],
  ...[
    '&#x2f;etc',
    'a\\b',
    'file:///etc/passwd',
    '$(id)',
    '`id`',
    "&apos;;id;'".replace("'", ''),
    '&#10;',
    ' ',
    'x'.repeat(300),
  ],
  ...[
    '\u202eabc',
    '\u{1f600}',
    '\u{10ffff}',
    '%',
    '%0',
    '%zz',
    '%00',
    'a&#9;b',
    '&amp;#46;',
    '-rf',
    '*',
    '0x1',
    '1e5',
    'NaN',
  ],
];
const hostileWord = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom(...PATHS));
const rarely = <T>(usual: fc.Arbitrary<T>, hostile: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: hostile });

const space = fc.constantFrom(' ', ' ', ' ', '\n', '\t', '\r\n', '  \n ');
const noise = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '',
    '\n  ',
    ' ',
    '<!-- <hostdev type="mdev"/> -->',
    '<![CDATA[<domain></domain>]]>',
    '<?p </devices> ?>',
  ],
  ...[
    '&#32;',
    '<__proto__/>',
    `<constructor toString='1'/>`,
    '<x:y xmlns:x="urn:x" x:y="1"/>',
    '&amp;',
    '<!---->',
    ']]&gt;',
  ],
  ...SECRETS,
);
// What no domain XML has, and what makes one unusable.
const poison = fc.constantFrom(
  ...[
    '<',
    '&',
    '&x;',
    '</x>',
    '<x>',
    '<!DOCTYPE x>',
    '<x:y/>',
    ']]>',
    '\0',
    '\u0001',
    '\u001e',
    '<x a=1/>',
    `<x a='1' a='1'/>`,
  ],
  ...['<!-- -- -->', '<?xml?>', '&#0;', '&#xd800;', '<x xmlns:y=""/>', '<x', `<x a='`, '<!--', '<![CDATA[', '\ufffe'],
);
const filling = rarely(noise, poison, 60);

interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** A tag's attributes in any order, quotes and white space. */
function written(attributes: readonly Attribute[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.shuffledSubarray([...attributes], { minLength: attributes.length }),
      space,
      fc.boolean(),
      fc.constantFrom('', '', ' '),
    )
    .map(([order, gap, double, around]) =>
      order
        .map(({ name, value }) => {
          const quoted = double && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", '&apos;')}'`;
          return `${gap}${name}${around}=${around}${quoted}`;
        })
        .join(''),
    );
}

const dropped = (all: readonly Attribute[]): fc.Arbitrary<readonly Attribute[]> =>
  fc.shuffledSubarray([...all], { minLength: all.length - 1, maxLength: all.length - 1 });
const added = (all: readonly Attribute[]): fc.Arbitrary<readonly Attribute[]> =>
  fc
    .tuple(fc.constantFrom(...NAMES, 'x:type', 'xml:lang', 'xmlns:q', 'xmlns', 'mode', 'uuid'), hostileWord)
    .map(([name, value]) => [...all, { name, value }]);
const spoilt = (all: readonly Attribute[]): fc.Arbitrary<readonly Attribute[]> =>
  fc
    .tuple(fc.nat(all.length - 1), hostileWord)
    .map(([at, value]) => all.map((it, index) => (index === at ? { ...it, value } : it)));
const attributeList = (values: Readonly<Record<string, string>>): fc.Arbitrary<string> => {
  const all = Object.entries(values).map(([name, value]) => ({ name, value }));
  const usual = fc.constant<readonly Attribute[]>(all);
  const other = all.length === 0 ? added(all) : fc.oneof(dropped(all), added(all), spoilt(all), spoilt(all));
  return rarely(usual, other, 25).chain(written);
};

/** A mdev that is on the host, or is not, with what a true stamp says of it. */
interface Mdev {
  readonly uuid: string;
  readonly type: string;
  readonly versions: Readonly<Record<string, string>>;
}
const GOOD: readonly Mdev[] = [
  { uuid: FIRST_MDEV, type: 'i915-GVTg_V5_4', versions: { type: '8086-591d-GVTg_V5_4-00000001\n' } },
  { uuid: SECOND_MDEV, type: 'i915-GVTg_V5_8', versions: { type: '8086-591d-GVTg_V5_8-00000001\n' } },
  { uuid: THIRD_MDEV, type: 'constructor', versions: { device: 'acme 1 here\n', type: 'acme 1\n' } },
];
const BAD: readonly Mdev[] = [
  { uuid: FIRST_MDEV, type: 'i915-GVTg_V5_4', versions: { type: '8086-591d-GVTg_V5_4-00000002\n' } },
  { uuid: FIRST_MDEV, type: 'i915-GVTg_V5_8', versions: { type: '8086-591d-GVTg_V5_8-00000001\n' } },
  { uuid: THIRD_MDEV, type: 'constructor', versions: { device: 'acme 1\n', type: 'acme 1\n' } },
  { uuid: THIRD_MDEV, type: 'toString', versions: { type: '' } },
  { uuid: THIRD_MDEV, type: '__proto__', versions: { device: 'a\0b' } },
  {
    uuid: '93b8f4f2-509f-382f-3c1e-e6bfe0fa2002',
    type: 'i915-GVTg_V5_4',
    versions: { type: '8086-591d-GVTg_V5_4-00000001\n' },
  },
  { uuid: '93b8f4f2-509f-382f-3c1e-e6bfe0fa2003', type: '../../../../etc', versions: { type: '/etc/passwd' } },
];
const spelling = (uuid: string): fc.Arbitrary<string> =>
  rarely(
    fc.constant(uuid),
    fc.oneof(
      fc.constantFrom(
        uuid.toUpperCase(),
        uuid.replaceAll('-', ''),
        ` ${uuid}\n`,
        uuid.replaceAll('-', ' '),
        uuid.replace('8', '&#56;'),
      ),
      hostileWord.map((word) => word + uuid),
      hostileWord,
    ),
    20,
  );

function hostdevOf(mdev: Mdev, bus: number): fc.Arbitrary<string> {
  const outer = attributeList({ mode: 'subsystem', type: 'mdev', model: 'vfio-pci' });
  const guest = attributeList({
    type: 'pci',
    domain: '0x0000',
    bus: `0x0${String(bus)}`,
    slot: '0x00',
    function: '0x0',
  });
  return fc
    .tuple(outer, spelling(mdev.uuid), guest, filling)
    .map(
      ([attributes, uuid, address, between]) =>
        `<hostdev${attributes}>${between}<source><address uuid='${uuid.replaceAll("'", '')}'/></source><address${address}/></hostdev>`,
    );
}

function stampedDevice(mdev: Mdev, bus: number, prefix: string): fc.Arbitrary<string> {
  const outer = attributeList({
    ...{ index: String(bus - 1), address: `pci:0000:0${String(bus)}:00.0`, uuid: mdev.uuid },
    ...{ type: mdev.type, parent: '0000:00:02.0' },
  });
  const versions = Object.entries(mdev.versions).map(([node, bytes]) =>
    attributeList({ node, value: encodeVersion(bytes as VersionBytes) }).map((it) => `<${prefix}version${it}/>`),
  );
  return fc
    .tuple(outer, fc.tuple(...versions), filling)
    .map(
      ([attributes, inside, between]) => `<${prefix}device${attributes}>${between}${inside.join('')}</${prefix}device>`,
    );
}

/** A stamp, and where its prefix has to be declared for it. */
interface Stamp {
  readonly text: string;
  readonly declared: 'stamp' | 'metadata' | 'domain' | 'nowhere';
  readonly prefix: string;
}
const stampOf = (mdevs: readonly Mdev[]): fc.Arbitrary<Stamp> =>
  fc
    .tuple(
      fc.constantFrom('mdev-preflight', 'ns0', '__proto__', 'constructor', ''),
      rarely(
        fc.constantFrom<Stamp['declared']>('stamp', 'metadata', 'domain'),
        fc.constant<Stamp['declared']>('nowhere'),
        30,
      ),
    )
    .chain(([name, wanted]) => {
      const prefix = name === '' ? '' : `${name}:`;
      // The default namespace of <domain> would be that of its elements as well.
      const declared = name === '' ? 'stamp' : wanted;
      const declaration = declared === 'stamp' ? { [name === '' ? 'xmlns' : `xmlns:${name}`]: STAMP_NAMESPACE } : {};
      const attributes = attributeList({ ...declaration, host: 'alpha', time: '2026-01-02T03:04:05Z' });
      const devices = fc.tuple(...mdevs.map((mdev, index) => stampedDevice(mdev, index + 1, prefix)));
      return fc
        .tuple(
          attributes,
          devices.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
          filling,
        )
        .map(([outer, inside, between]) => ({
          text: `<${prefix}stamp${outer}>${between}${inside.join('')}</${prefix}stamp>`,
          declared,
          prefix: name,
        }));
    });

const exemption = attributeList({
  ...{ xmlns: EXEMPTION_NAMESPACE, by: 'root@alpha', reason: 'moving' },
  ...{ from: '2026-11-22T10:00:00Z', until: '2026-11-22T11:00:00Z' },
}).map((attributes) => `<exemption${attributes}/>`);

const declarationOf = ({ prefix }: Stamp): string => ` xmlns:${prefix}='${STAMP_NAMESPACE}'`;
// Where a stamp may stand, and where it must not count.
const placed = (stamp: string): fc.Arbitrary<string> =>
  rarely(
    fc.constant(stamp),
    fc.constantFrom(
      '',
      stamp + stamp,
      `<!--${stamp.replaceAll('--', '')}-->`,
      `<![CDATA[${stamp}]]>`,
      `<x xmlns='urn:x'>${stamp}</x>`,
      `<!--${stamp.replaceAll('--', '')}-->${stamp}`,
    ),
    8,
  );
const metadataForms = (open: string, inside: string): fc.Arbitrary<string> =>
  rarely(
    fc.constant(`<metadata${open}>${inside}</metadata>`),
    fc.constantFrom(
      `<metadata/><metadata${open}>${inside}</metadata>`,
      `<metadata${open}>${inside}</metadata><metadata${open}>${inside}</metadata>`,
      `<metadata${open}><metadata>${inside}</metadata></metadata>`,
      `<x${open}>${inside}</x>`,
      '',
    ),
  );

const prologs = rarely(
  fc.constant(''),
  fc.constantFrom(
    ...[
      `<?xml version='1.0'?>`,
      `<?xml version="1.0" encoding="UTF-8"?>\n`,
      '\ufeff',
      '<!-- <domain> -->',
      '<?p?>',
      '\n ',
      `\ufeff<?xml version='1.0'?>`,
    ],
    ...[
      `<?xml version='1.0' encoding='UTF-16'?>`,
      `<?xml version='1.1'?>`,
      '<!DOCTYPE domain [<!ENTITY a "mdev">]>',
      'x',
      '\0',
    ],
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>',
  ),
);
const epilogs = rarely(
  fc.constantFrom('', '\n'),
  fc.constantFrom('<!-- -->', '<domain/>', '\0', '&#32;', '</domain>'),
  40,
);
const guestName = rarely(fc.constantFrom('desktop-7', 'd &amp; 7'), hostileWord);

/** A document as it goes over the pipe. */
export const domainDocument: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.uniqueArray(rarely(fc.constantFrom(...GOOD), fc.constantFrom(...BAD), 4), {
      maxLength: 3,
      selector: ({ uuid }) => uuid,
    }),
    fc.nat(20),
  )
  .chain(([mdevs, hidden]) =>
    fc
      .tuple(
        fc.tuple(...mdevs.map((mdev, index) => hostdevOf(mdev, index + 1))),
        stampOf(mdevs).chain((stamp) => placed(stamp.text).map((text) => ({ ...stamp, text }))),
        fc.oneof({ weight: 8, arbitrary: fc.constant('') }, { weight: 1, arbitrary: exemption }),
        fc.tuple(filling, filling, filling, filling),
        fc.tuple(prologs, epilogs, guestName),
        fc.boolean(),
      )
      .chain(([hostdevs, stamp, exempt, [before, between, behind, last], [prolog, epilog, name], first]) => {
        const open = stamp.declared === 'metadata' ? declarationOf(stamp) : '';
        const inside = first ? before + exempt + stamp.text : stamp.text + before + exempt;
        return metadataForms(open, inside).map((metadata) => {
          const devices =
            hidden === 0
              ? `<x><devices>${hostdevs.join('')}</devices></x>`
              : `<devices>${hostdevs.join(between)}${behind}</devices>`;
          const root = stamp.declared === 'domain' ? declarationOf(stamp) : '';
          const parts = first ? `${metadata}${devices}` : `${devices}${metadata}`;
          return Buffer.from(
            `${prolog}<domain${root} type='kvm'><name>${name}</name>${last}${parts}</domain>${epilog}`,
          );
        });
      }),
  );
