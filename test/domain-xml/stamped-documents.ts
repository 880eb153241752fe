// Domain XML documents of every shape a stamp may be put into, and stamps of every content.
import fc from 'fast-check';
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { printable } from '../../src/model/printable.ts';
import { STAMP_NAMESPACE, type Stamp, type StampedDevice, type StampedVersion } from '../../src/model/stamp.ts';
import type { VersionBytes } from '../../src/model/version.ts';

export interface StampableDocument {
  readonly text: string;
  /** The document without the stamps and the exemptions it had. */
  readonly bare: string;
  /** What is put into `bare` besides the stamp's own markup, where a stamp had no place yet. */
  readonly added: (stamp: string) => string;
}

/** `text` without `added`, which must be there once. */
export function withoutStamp(text: string, added: string): string {
  const at = text.indexOf(added);
  if (at < 0) throw new Error(`there is no ${added}`);
  return text.slice(0, at) + text.slice(at + added.length);
}

// A stamp as a manager may have rewritten it: any prefix, its namespace on any ancestor, either quote.
const oldStamp = fc.constantFrom(
  `<stamp xmlns="${STAMP_NAMESPACE}" host='old'/>`,
  `<a:stamp xmlns:a='${STAMP_NAMESPACE}' host="old"><a:device index="0" type="t"/></a:stamp>`,
  `<onDomain:stamp host="1 &gt; 0 '/>'"></onDomain:stamp>`,
  `<onMetadata:stamp host='old'><!-- </onMetadata:stamp> --><![CDATA[<metadata/>]]></onMetadata:stamp >`,
  `<onMetadata:newer\r\n  a = "\u{1f600}"\n/>`,
);
const oldExemption = fc.constantFrom(
  `<exemption xmlns="${EXEMPTION_NAMESPACE}" by='old'/>`,
  `<e:exemption xmlns:e='${EXEMPTION_NAMESPACE}' reason="1 &gt; 0 '/>'"><onDomain:stamp/></e:exemption\n>`,
  `<e:newer xmlns:e='${EXEMPTION_NAMESPACE}'><![CDATA[</e:newer>]]></e:newer>`,
);
const otherMetadata = fc.constantFrom(
  '',
  '\n    ',
  '<!-- <metadata/> \u{1f600} -->',
  `<stamp xmlns="urn:other" host="other"/>`,
  `<x:y xmlns:x="urn:x"><e:exemption xmlns:e='${EXEMPTION_NAMESPACE}'/></x:y><exemption/>`,
  `<x:y xmlns:x="urn:x"><onDomain:stamp/><metadata/></x:y>`,
  '<?p <metadata> ?><![CDATA[</metadata>]]>',
);
const head = fc.constantFrom(
  '',
  '<name>guest</name>',
  '<name>\u{1f600}\u00e9</name>\n  <uuid>22222222-aaaa-4bbb-8ccc-000000000002</uuid>\n  <title>&lt;metadata/&gt;</title>',
  '\n  <!-- <metadata> -->\n  <name>guest</name>\n  <description>\u6f22\n\n</description>',
);
const tail = fc.constantFrom(
  '',
  '\n  <vcpu>1</vcpu>\n  <devices/>\n',
  `<devices><hostdev type='mdev'><source><address uuid='83b8f4f2-509f-382f-3c1e-e6bfe0fa1001'/></source></hostdev></devices>`,
  `<x:metadata xmlns:x="urn:x"/><devices><metadata/></devices>`,
);

/** Pieces of metadata: text that must stay, old stamps and exemptions. */
const pieces = fc.array(
  fc.oneof(
    otherMetadata.map((text) => ({ text, stamp: '', exemption: '' })),
    oldStamp.map((stamp) => ({ text: '', stamp, exemption: '' })),
    oldExemption.map((exemption) => ({ text: '', stamp: '', exemption })),
  ),
  {
    maxLength: 5,
  },
);

export const arbitraryDocument: fc.Arbitrary<StampableDocument> = fc
  .record({
    mark: fc.constantFrom('', '\ufeff'),
    prolog: fc.constantFrom(
      '',
      "<?xml version='1.0' encoding='UTF-8'?>\n",
      "<?xml version='1.0'?><!-- <domain> \u{1f600} -->\n",
    ),
    head,
    shape: fc.constantFrom('none', 'empty', 'filled'),
    pieces,
    tail,
    lineEnd: fc.constantFrom('\n', '\r\n'),
    epilog: fc.constantFrom('', '\n', '\n<!-- </domain> -->\n'),
  })
  .map(({ mark, prolog, head: first, shape, pieces: inside, tail: last, lineEnd, epilog }) => {
    const whole = (metadata: string): string => {
      const domain = `<domain type='qemu' xmlns:onDomain="${STAMP_NAMESPACE}">${first}${metadata}${last}</domain>`;
      return mark + `${prolog}${domain}${epilog}`.replace(/\r?\n/g, lineEnd);
    };
    const open = `<metadata xmlns:onMetadata='${STAMP_NAMESPACE}'>`;
    if (shape === 'none')
      return { text: whole(''), bare: whole(''), added: (stamp) => `\n  <metadata>\n    ${stamp}\n  </metadata>` };
    // `bare` differs from the text in the spelling of an empty element, which cannot hold a stamp.
    if (shape === 'empty')
      return {
        text: whole('<metadata/>'),
        bare: whole('<metadata></metadata>'),
        added: (stamp) => `\n    ${stamp}\n  `,
      };
    const bare = whole(`${open}${inside.map(({ text }) => text).join('')}</metadata>`);
    const text = whole(
      `${open}${inside.map((piece) => piece.text + piece.stamp + piece.exemption).join('')}</metadata>`,
    );
    const had = inside.some(({ stamp }) => stamp !== '');
    return { text, bare, added: (stamp) => (had ? stamp : `\n    ${stamp}`) };
  });

// Any character, lone surrogates and controls too: a host may be called anything.
const word = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('\ud800', '\0', '"', '&', '<', '\t', '\u202e'),
  ),
  minLength: 1,
  maxLength: 12,
});
const version: fc.Arbitrary<StampedVersion | null> = fc.oneof(
  fc.constant(null),
  fc.constantFrom('ENOENT', 'EIO', '132').map((error) => ({ state: 'error' as const, error })),
  fc
    .array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 })
    .map((codes) => ({ state: 'version' as const, bytes: String.fromCharCode(...codes) as VersionBytes })),
);
const device: fc.Arbitrary<StampedDevice> = fc.record({
  index: fc.integer({ min: 0, max: 999_999 }),
  guestAddress: fc.option(fc.integer({ min: 0, max: 0xffff }).map((bus) => `pci:0000:${bus.toString(16)}:00.0`)),
  uuid: fc.option(fc.uuid()),
  type: word,
  parent: fc.option(word),
  versions: fc.record({ device: version, type: version }),
});

export const arbitraryStamp: fc.Arbitrary<Stamp> = fc.record({
  host: fc.record({ name: word, id: fc.option(word) }),
  stampedAt: fc
    .date({ min: new Date('2020-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().replace(/\.\d+Z$/, 'Z')),
  devices: fc.uniqueArray(device, {
    maxLength: 3,
    selector: ({ guestAddress, index }) => guestAddress ?? `#${String(index)}`,
  }),
});

/** The stamp as it comes back: names are made printable on the way out, versions are not touched. */
export function asRead({ host, stampedAt, devices }: Stamp): Stamp {
  const told = (text: string | null): string | null => (text === null ? null : printable(text));
  return {
    host: { name: printable(host.name), id: told(host.id) },
    stampedAt,
    devices: devices.map((each) => ({ ...each, type: printable(each.type), parent: told(each.parent) })),
  };
}
