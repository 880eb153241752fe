// Domain documents put together from parts that a hostile or a careless writer may put into them. Enough of them are
// accepted, refused, plain and unusable for each to mean something; grammar.test.ts counts.
import fc from 'fast-check';
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { attributeList } from './attributes.ts';
import { BAD, GOOD, hostdevOf, type Mdev, stampedDevice } from './mdevs.ts';
import { filling, hostileWord, rarely } from './words.ts';

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
