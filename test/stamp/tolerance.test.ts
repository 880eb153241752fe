// A newer stamp may say more, and whoever handles the XML on its way may write it otherwise.
import { describe, expect, test } from 'vitest';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { DEVICE, deviceText, HOST, PLAIN, readDomain, readMetadata, stampText, VERSION } from './parts.ts';

const stamp = stampText(HOST, deviceText(DEVICE, VERSION));

function withPrefix(prefix: string, place: 'stamp' | 'metadata' | 'domain'): string {
  const declaration = ` xmlns:${prefix}='${STAMP_NAMESPACE}'`;
  const at = (it: string): string => (it === place ? declaration : '');
  const body = stamp
    .replace(` xmlns='${STAMP_NAMESPACE}'`, at('stamp'))
    .replace(/<(\/?)(stamp|device|version)/g, `<$1${prefix}:$2`);
  return `<domain${at('domain')}><metadata${at('metadata')}>${body}</metadata></domain>`;
}

describe('a stamp reads the same', () => {
  test.each(['mdev-preflight', 'ns0', 'x', 'libvirt'])('with the prefix %s, wherever it is declared', (prefix) => {
    for (const place of ['stamp', 'metadata', 'domain'] as const)
      expect(readDomain(withPrefix(prefix, place))).toEqual(PLAIN);
  });

  test('with its namespace as the default one', () => {
    expect(readMetadata(stamp)).toEqual(PLAIN);
  });

  test('with elements it does not know, of its own namespace and of others', () => {
    const unknown = `<exemption until='x'><device index='9'/></exemption><y:device xmlns:y='urn:y' index='z'/>`;
    const inner = `<note>free text</note><y:version xmlns:y='urn:y' node='type'/>`;
    expect(readMetadata(stampText(HOST, unknown, deviceText(DEVICE, inner, VERSION, inner), unknown))).toEqual(PLAIN);
  });

  test('with attributes it does not know', () => {
    const more = ` colour='red' xmlns:y='urn:y' y:host='other' y:type='other' y:index='9'`;
    const version = VERSION.replace('/>', ` y:value='other' encoding='percent'/>`);
    expect(readMetadata(stampText(HOST + more, deviceText(DEVICE + more, version)))).toEqual(PLAIN);
  });

  test('with white space, comments and processing instructions between its elements', () => {
    const gap = '\n\t <!-- a comment with <device/> --><?pi <version/>?>\r\n';
    expect(readMetadata(stampText(HOST, gap, deviceText(DEVICE, gap, VERSION, gap), gap))).toEqual(PLAIN);
  });

  test('beside elements of other namespaces, one of them also called stamp', () => {
    const others = `<stamp/><x:stamp xmlns:x='urn:mdev-preflight:stamp:2' host=''/><app xmlns='http://example.org'/>`;
    expect(readMetadata(others + stamp + others)).toEqual(PLAIN);
  });

  test('with character references, as another serialiser may write them', () => {
    expect(readMetadata(stamp.replace('i915', '&#x69;915').replace('%0A', '&#37;0A'))).toEqual(PLAIN);
  });

  test('with escaped signs that need no escape, in either case of digits', () => {
    expect(readMetadata(stamp.replace('8086-591d', '%38086%2D591%64').replace('%0A', '%0a'))).toEqual(PLAIN);
  });
});

test('an index has one to six digits', () => {
  const indexOf = (index: string): unknown => {
    const reading = readMetadata(stampText(HOST, deviceText(`index='${index}' type='t'`)));
    return reading.kind === 'stamp' ? reading.stamp.devices[0]?.index : reading;
  };
  expect(['7', '10', '000012', '999999'].map(indexOf)).toEqual([7, 10, 12, 999_999]);
});

describe('metadata that was written otherwise', () => {
  const other = `<app xmlns='urn:app'/>`;
  const within = (metadata: string, root = ''): ReturnType<typeof readDomain> =>
    readDomain(`<domain${root}>${metadata}<name>a</name></domain>`);
  // libvirt keeps one element of a namespace, so two are somebody's mistake, and nobody knows which is true.
  const two = { kind: 'invalid', problem: 'there are 2 stamps' };
  const later = stamp.replace("host='alpha'", "host='beta'");

  test('reads the same beside others in any order, and in the second of two', () => {
    for (const inside of [stamp + other, other + stamp, other + stamp + other])
      expect(within(`<metadata>${inside}</metadata>`)).toEqual(PLAIN);
    expect(within(`<metadata/><metadata>${stamp}</metadata>`)).toEqual(PLAIN);
    expect(within(`<metadata>${other}</metadata><metadata>${stamp}</metadata>`)).toEqual(PLAIN);
  });

  test('is invalid with two stamps, equal or not, in one or doubled', () => {
    for (const second of [stamp, later]) {
      expect(within(`<metadata>${stamp}${second}</metadata>`)).toEqual(two);
      expect(within(`<metadata>${stamp}</metadata><metadata>${second}</metadata>`)).toEqual(two);
    }
  });

  test('reads the same with another stamp in a comment or a section beside it', () => {
    for (const hidden of [`<!-- ${later} -->`, `<![CDATA[${later}]]>`])
      for (const inside of [hidden + stamp, stamp + hidden])
        expect(within(`<metadata>${inside}</metadata>`)).toEqual(PLAIN);
  });

  test('follows the namespace, not the prefix, where a prefix or the default is declared anew in between', () => {
    const prefixed = stamp
      .replace(` xmlns='${STAMP_NAMESPACE}'`, '')
      .replace(/<(\/?)(?=stamp|device|version)/g, '<$1p:');
    const [ours, others] = [` xmlns:p='${STAMP_NAMESPACE}'`, ` xmlns:p='urn:x'`];
    expect(within(`<metadata${ours}>${prefixed}</metadata>`, others)).toEqual(PLAIN);
    expect(within(`<metadata${others}>${prefixed}</metadata>`, ours)).toEqual({ kind: 'none' });
    const inherited = stamp.replace(` xmlns='${STAMP_NAMESPACE}'`, '');
    // As the default of <metadata>, that one is an element of its namespace as well, and libvirt's no more.
    expect(within(`<metadata xmlns='${STAMP_NAMESPACE}'>${inherited}</metadata>`)).toEqual({ kind: 'none' });
    expect(within(`<metadata>${stamp.replace('<device', `<device xmlns='urn:x'`)}</metadata>`)).toMatchObject({
      stamp: { devices: [] },
    });
  });

  test('reads the same behind a byte order mark and a declaration of UTF-8', () => {
    const text = `<domain><metadata>${stamp}</metadata></domain>`;
    for (const front of [
      '\ufeff',
      `<?xml version='1.0' encoding='utf-8'?>`,
      `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n`,
    ])
      expect(readDomain(front + text)).toEqual(PLAIN);
  });
});

test('a stamp that is not directly in the metadata of the domain is none', () => {
  for (const xml of [
    `<domain><metadata><app xmlns='urn:app'>${stamp}</app></metadata></domain>`,
    `<domain>${stamp}</domain>`,
    `<domain><devices>${stamp}</devices></domain>`,
    `<domain><metadata><!-- ${stamp} --></metadata></domain>`,
    `<domain><metadata><![CDATA[${stamp}]]></metadata></domain>`,
    `<domain><metadata><x xmlns='urn:x'/></metadata></domain>`,
  ])
    expect(readDomain(xml)).toEqual({ kind: 'none' });
});

// As Python's xml.etree.ElementTree writes a document it has read: every namespace declared at the root
// under a made up prefix, double quotes, a blank before "/>".
test('a stamp reads the same after Python ElementTree rewrote the document', () => {
  const rewritten = `<domain xmlns:ns0="urn:mdev-preflight:stamp:1" xmlns:ns1="http://example.org/app/1" type="kvm">
  <name>desktop-7</name>
  <metadata>
    <ns0:stamp host="alpha" time="2026-01-02T03:04:05Z">
      <ns0:device index="0" address="pci:0000:01:00.0" type="i915-GVTg_V5_4">
        <ns0:version node="type" value="8086-591d-GVTg_V5_4-00000001%0A" />
      </ns0:device>
    </ns0:stamp>
    <ns1:x>static</ns1:x>
  </metadata>
</domain>`;
  expect(readDomain(rewritten)).toEqual(PLAIN);
});
