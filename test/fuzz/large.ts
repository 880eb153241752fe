// Domain documents of one size, each hostile in one way: what a parser, a pattern or a join could take quadratic time for.
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { FIRST_MDEV } from '../../src/simulation/examples.ts';

/** A hostdev of a mdev; a million of them fit no document. */
function hostdev(bus: number): string {
  const [high, low] = [bus >> 8, bus & 0xff];
  return `<hostdev type='mdev' model='vfio-pci'><source><address uuid='${FIRST_MDEV}'/></source><address type='pci' domain='${String(high)}' bus='${String(low)}' slot='1'/></hostdev>`;
}

function stampDevice(bus: number, type = 'i915-GVTg_V5_4', more = ''): string {
  const hex = (number: number, width: number): string => number.toString(16).padStart(width, '0');
  return `<device index='${String(bus % 1_000_000)}' address='pci:${hex(bus >> 8, 4)}:${hex(bus & 0xff, 2)}:01.0' type='${type}'${more}><version node='type' value='a'/></device>`;
}

interface Parts {
  readonly name?: string;
  readonly metadata?: string;
  readonly devices?: string;
  /** Behind <devices>. */
  readonly rest?: string;
}

function domain({ name = 'g', metadata = '', devices = hostdev(1), rest = '' }: Parts): string {
  return `<domain><name>${name}</name><metadata>${metadata}</metadata><devices>${devices}</devices>${rest}</domain>`;
}

const stamp = (attributes: string, devices: string): string =>
  `<stamp xmlns='${STAMP_NAMESPACE}' ${attributes}>${devices}</stamp>`;
const HOST = `host='alpha' time='2026-01-02T03:04:05Z'`;

/** `piece` as often as fits, numbered. */
function times(size: number, piece: (number: number) => string): string {
  const pieces: string[] = [];
  for (let [length, number] = [0, 1]; length < size; number += 1) {
    const next = piece(number);
    pieces.push(next);
    length += next.length;
  }
  return pieces.join('');
}

/** `text` as often as makes `size`. */
const filled = (size: number, text: string): string => text.repeat(Math.ceil(size / text.length));

/** Each has one mdev at least. Sizes are of what is hostile, in characters; most of them are of one byte. */
export const LARGE_WITH_MDEV: Readonly<Record<string, (size: number) => string>> = {
  'attributes in one tag': (size) => domain({ rest: `<x ${times(size, (n) => `a${String(n)}='' `)}/>` }),
  'attributes of a hostdev': (size) =>
    domain({ devices: hostdev(1).replace('type', `${times(size, (n) => `a${String(n)}='' `)}type`) }),
  'attributes of its address': (size) =>
    domain({ devices: hostdev(1).replace(/'pci'/, `'x' ${times(size, (n) => `a${String(n)}='' `)}`) }),
  'prefixed attributes of a long namespace': (size) =>
    domain({ rest: `<x xmlns:p='${'u'.repeat(1000)}' ${times(size, (n) => `p:a${String(n)}='' `)}/>` }),
  'namespaces in one tag': (size) => domain({ rest: `<x ${times(size, (n) => `xmlns:p${String(n)}='u' `)}/>` }),
  'prefixes declared far above': (size) =>
    domain({ rest: `<x xmlns:p='u'>${'<y>'.repeat(97)}${filled(size, '<p:z/>')}${'</y>'.repeat(97)}</x>` }),
  'prefixed attributes far below': (size) =>
    domain({
      rest: `<x xmlns:p='u'>${'<y>'.repeat(97)}<z ${times(size, (n) => `p:a${String(n)}='' `)}/>${'</y>'.repeat(97)}</x>`,
    }),
  'elements as deep as may be': (size) => domain({ rest: filled(size, `${'<y>'.repeat(98)}${'</y>'.repeat(98)}`) }),
  'elements deeper than may be': (size) => domain({ rest: `${filled(size / 2, '<y>')}${filled(size / 2, '</y>')}` }),
  'empty elements': (size) => domain({ rest: filled(size, '<y/>') }),
  'elements in the hostdev': (size) =>
    domain({ devices: hostdev(1).replace('<source>', `${filled(size, '<y/>')}<source>`) }),
  text: (size) => domain({ rest: filled(size, 'text ') }),
  'text of astral characters': (size) => domain({ rest: filled(size / 2, '\u{1f600}') }),
  'text of closing brackets': (size) => domain({ rest: filled(size, ']]x') }),
  'line ends': (size) => domain({ rest: filled(size, '\r\n') }),
  'a value': (size) => domain({ rest: `<x a='${filled(size, ' \n')}'/>` }),
  'a value of quotes': (size) => domain({ rest: `<x a='${filled(size, '"')}' b="${filled(size / 10, `'>`)}"/>` }),
  'a comment': (size) => domain({ rest: `<!--${filled(size, '- ')}-->` }),
  comments: (size) => domain({ rest: filled(size, '<!---->') }),
  'a comment of tags': (size) => domain({ rest: `<!--${filled(size, '<domain')}-->` }),
  'a section': (size) => domain({ rest: `<![CDATA[${filled(size, ']] >')}]]>` }),
  sections: (size) => domain({ rest: filled(size, '<![CDATA[]]>') }),
  'an instruction': (size) => domain({ rest: `<?p ${filled(size, '? ')}?>` }),
  instructions: (size) => domain({ rest: filled(size, '<?p?>') }),
  'references in text': (size) => domain({ rest: filled(size, '&amp;&#65;') }),
  'references in a value': (size) => domain({ rest: `<x a='${filled(size, '&amp;&#65;')}'/>` }),
  'a name': (size) => domain({ name: filled(size, 'n') }),
  'a name beyond ASCII': (size) => domain({ name: filled(size / 2, '\u{1f600}') }),
  'a name in pieces': (size) => domain({ name: filled(size, 'n<!---->') }),
  'a UUID': (size) => domain({ devices: hostdev(1).replace(/uuid='/, `uuid='${filled(size, '-')}`) }),
  'a UUID of words': (size) => domain({ devices: hostdev(1).replace(/uuid='/, `uuid='${filled(size, 'no ')}`) }),
  hostdevs: (size) => domain({ devices: times(size, hostdev) }),
  'hostdevs and a stamp of each': (size) =>
    domain({
      devices: times(size / 2, hostdev),
      metadata: stamp(
        HOST,
        times(size / 2, (n) => stampDevice(n)),
      ),
    }),
  'hostdevs and a stamp of others': (size) =>
    domain({
      devices: times(size / 2, hostdev),
      metadata: stamp(
        HOST,
        times(size / 2, (n) => stampDevice(n).replace('01.0', '02.0')),
      ),
    }),
  'hostdevs of a host with a long name': (size) =>
    domain({
      devices: times(size / 4, hostdev),
      metadata: stamp(
        HOST.replace('alpha', filled(size / 4, 'h')),
        times(size / 2, (n) => stampDevice(n)),
      ),
    }),
  'hostdevs of a time with a long fraction': (size) =>
    domain({
      devices: times(size / 4, hostdev),
      metadata: stamp(
        HOST.replace('05Z', `05.${filled(size / 4, '0')}Z`),
        times(size / 2, (n) => stampDevice(n)),
      ),
    }),
  'eight hostdevs of a host with a long name': (size) =>
    domain({
      devices: [1, 2, 3, 4, 5, 6, 7, 8].map(hostdev).join(''),
      metadata: stamp(
        HOST.replace('alpha', filled(size / 2, '\u{1f600}')),
        [1, 2, 3, 4, 5, 6, 7, 8].map((n) => stampDevice(n)).join(''),
      ),
    }),
  'eight hostdevs of a guest with a long name': (size) =>
    domain({
      name: filled(size / 2, '\ue000'),
      devices: [1, 2, 3, 4, 5, 6, 7, 8].map(hostdev).join(''),
      metadata: stamp(HOST, [1, 2, 3, 4, 5, 6, 7, 8].map((n) => stampDevice(n)).join('')),
    }),
  'eight hostdevs of long types': (size) =>
    domain({
      devices: [1, 2, 3, 4, 5, 6, 7, 8].map(hostdev).join(''),
      metadata: stamp(HOST, [1, 2, 3, 4, 5, 6, 7, 8].map((n) => stampDevice(n, filled(size / 16, '\u202e'))).join('')),
    }),
  'a version': (size) =>
    domain({ metadata: stamp(HOST, stampDevice(1).replace(`value='`, `value='${filled(size, '%41')}`)) }),
  'versions of one device': (size) =>
    domain({
      metadata: stamp(
        HOST,
        stampDevice(1).replace(/<version[^>]*>/, (it) => filled(size, it)),
      ),
    }),
  stamps: (size) => domain({ metadata: filled(size, stamp('', '')) }),
  'stamps and exemptions': (size) =>
    domain({ metadata: filled(size, `${stamp('', '')}<exemption xmlns='${EXEMPTION_NAMESPACE}'/>`) }),
  'an exemption': (size) =>
    domain({
      metadata: `<exemption xmlns='${EXEMPTION_NAMESPACE}' by='${filled(size / 3, 'b')}' reason='${filled(size / 3, 'r\u202e')}' from='${filled(size / 3, '0')}' until='x'/>`,
    }),
  'metadata of others': (size) => domain({ metadata: filled(size, `<x xmlns='urn:x'/>`) }),
};

/** For what the shell has to look at: no mdev, or no end, and many a beginning of what it looks for. */
export const LARGE_TEXT: Readonly<Record<string, (size: number) => string>> = {
  'beginnings of a domain': (size) => filled(size, '<domain'),
  'beginnings of a domain in a comment': (size) => `<domain><!--${filled(size, '<domain ')}-->`,
  'beginnings of an end': (size) => `<domain>${filled(size, '</domai')}`,
  'a mdev without quotes': (size) => `<domain>${filled(size, 'mdev')}`,
  'beginnings of a mdev': (size) => `<domain>${filled(size, 'mdemde')}`,
  'beginnings of a reference': (size) => `<domain>${filled(size, '& ')}`,
  'beginnings of a declaration': (size) => `<?xml ${filled(size, 'encodin')}`,
  'beginnings of a declaration behind a mark': (size) => `\ufeff<?xml ${filled(size, 'encodin')}`,
  'beginnings of a document type': (size) => `<domain>${filled(size, '<! ')}`,
  'a tag without an end': (size) => `<domain ${filled(size, `a='' b="" `)}`,
  'a tag of open quotes': (size) => `<domain type='mdev' ${filled(size, `'"`)}`,
  'a tag of attributes': (size) => `<domain a='mdev'><x ${filled(size, `a=''`)}/></domain>`,
  'a tag of white space': (size) => `<domain a='mdev'><x ${filled(size, ' \n')}/></domain>`,
  'hostdevs of types': (size) =>
    `<domain><devices><hostdev ${filled(size, ' type  =  ')} a='mdev'/></devices></domain>`,
  'hostdevs that are none': (size) =>
    `<domain a='mdev'><devices>${filled(size, `<hostdev type='pci'/>`)}</devices></domain>`,
  depth: (size) => `<domain a='mdev'>${filled(size / 2, '<y>')}${filled(size / 2, '</y>')}</domain>`,
  'line ends': (size) => `<domain a='mdev'>${filled(size, '\n')}</domain>`,
  'an element without an end': (size) => `<domain a='mdev'><${filled(size, 'x')}`,
  'text with the ends of tags': (size) => `<domain a='mdev'>${filled(size, '>')}</domain>`,
  'what is in front': (size) => `${filled(size, ' \n')}<domain a='mdev'></domain>`,
  'a comment without an end': (size) => `<domain a='mdev'><!--${filled(size, '<-->'.slice(0, 3))}`,
  NUL: (size) => `<domain a='mdev'>${filled(size, '\0')}`,
};
