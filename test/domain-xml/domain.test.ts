// What is found in a domain XML: the hostdevs libvirt would find, and nothing that only looks like one.
import { describe, expect, it } from 'vitest';
import { parseDomain } from '../../src/domain-xml/domain.ts';
import type { MdevHostdev } from '../../src/model/domain.ts';
import { UnusableInput } from '../../src/model/xml.ts';

const UUID = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001';
const OTHER = '93b8f4f2-509f-382f-3c1e-e6bfe0fa2002';

const hostdev = (uuid = UUID, attributes = "mode='subsystem' type='mdev' model='vfio-pci'", more = ''): string =>
  `<hostdev ${attributes}><source><address uuid='${uuid}'/></source>${more}</hostdev>`;
const devices = (inside: string): readonly MdevHostdev[] =>
  parseDomain(`<domain><name>a</name><devices>${inside}</devices></domain>`).hostdevs;
const uuids = (document: string): string[] => parseDomain(document).hostdevs.map(({ uuid }) => uuid);

describe('hostdevs', () => {
  it('are found in order, with index, UUID and model', () => {
    expect(devices(hostdev() + hostdev(OTHER, "type='mdev'"))).toEqual([
      { index: 0, uuid: UUID, model: 'vfio-pci', guestAddress: null },
      { index: 1, uuid: OTHER, model: null, guestAddress: null },
    ]);
  });

  it.each([
    ['no mode', "type='mdev'"],
    ['a character as a decimal reference', "type='&#109;dev'"],
    ['a character as a hexadecimal reference', "mode='sub&#x73;ystem' type='mdev'"],
    ['other quotes and white space', 'type\n=\t"mdev" '],
  ])('are found with %s', (_, attributes) => {
    expect(devices(hostdev(UUID, attributes)).length).toBe(1);
  });

  it.each([
    ['of another type', "mode='subsystem' type='pci'"],
    ['of another mode', "mode='capabilities' type='mdev'"],
    ['without a type', "mode='subsystem'"],
    ['of a type in other case', "type='MDEV'"],
  ])('%s are none of ours', (_, attributes) => {
    expect(devices(hostdev(UUID, attributes))).toEqual([]);
  });

  it.each([
    ['a comment', `<domain><devices><!--${hostdev()}--></devices></domain>`],
    ['CDATA', `<domain><devices><![CDATA[${hostdev()}]]></devices></domain>`],
    ['metadata', `<domain><metadata><devices>${hostdev()}</devices></metadata></domain>`],
    ['a domain in metadata', `<domain><metadata><domain><devices>${hostdev()}</devices></domain></metadata></domain>`],
    ['the root', `<domain>${hostdev()}</domain>`],
    ['another device', `<domain><devices><interface>${hostdev()}</interface></devices></domain>`],
    ['devices of another namespace', `<domain><devices xmlns='urn:x'>${hostdev()}</devices></domain>`],
    ['a hostdev that is no mdev', `<domain><devices><hostdev type='pci'>${hostdev()}</hostdev></devices></domain>`],
  ])('are not looked for in %s', (_, document) => {
    expect(uuids(document)).toEqual([]);
  });

  it.each(['domainsnapshot', 'domstatus'])('are not looked for in a domain inside a %s', (root) => {
    expect(() => uuids(`<${root}><domain><devices>${hostdev()}</devices></domain></${root}>`)).toThrow(UnusableInput);
  });

  it('are found once where one stands inside another', () => {
    expect(devices(hostdev(UUID, "type='mdev'", hostdev(OTHER))).map(({ uuid }) => uuid)).toEqual([UUID]);
  });

  it('are found in every <devices>', () => {
    expect(uuids(`<domain><devices>${hostdev()}</devices><devices>${hostdev(OTHER)}</devices></domain>`)).toEqual([
      UUID,
      OTHER,
    ]);
  });

  // xmlGetProp, by which libvirt reads attributes, ignores the prefix; XPath does not.
  it.each([
    ['the hostdev', hostdev(UUID, "xmlns:x='urn:x' x:type='mdev'")],
    ['its source address', hostdev().replace('uuid=', `xmlns:x='urn:x' x:uuid='${OTHER}' uuid=`)],
  ])('are refused with a prefixed attribute that libvirt would read: %s', (_, xml) => {
    expect(() => devices(xml)).toThrow(UnusableInput);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('are found next to the name %s', (name) => {
    const xml = `<${name} ${name}='1'><${name}/></${name}>`;
    expect(devices(xml + hostdev(UUID, `${name}='2' type='mdev'`, xml)).map(({ uuid }) => uuid)).toEqual([UUID]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('the UUID of a hostdev', () => {
  it.each([
    ['upper case', UUID.toUpperCase()],
    ['no hyphens', UUID.replaceAll('-', '')],
    ['spaces for hyphens', UUID.replaceAll('-', ' ')],
    ['blanks around it', ` \t${UUID}&#10; `],
  ])('is read with %s', (_, text) => {
    expect(devices(hostdev(text))[0]?.uuid).toBe(UUID);
  });

  it.each(['', 'x', UUID.slice(1), `${UUID}0`, `{${UUID}}`, `../${UUID}`])(
    "makes the document unusable as '%s'",
    (text) => {
      expect(() => devices(hostdev() + hostdev(text))).toThrow(`mdev hostdev 1: '${text}' is no UUID`);
      expect(() => devices(hostdev(text))).toThrow(UnusableInput);
    },
  );

  it.each(['<source/>', '<source><address/></source>', '', `<address uuid='${UUID}'/>`])(
    'is missed in: %s',
    (inside) => {
      expect(() => devices(`<hostdev type='mdev'>${inside}</hostdev>`)).toThrow(
        'mdev hostdev 0: no uuid in <source><address>',
      );
    },
  );
});

describe('the guest address', () => {
  const address = (attributes: string): string | null | undefined =>
    devices(hostdev(UUID, "type='mdev'", `<address ${attributes}/>`))[0]?.guestAddress;

  it.each([
    ["type='pci' domain='0x0000' bus='0x01' slot='0x0a' function='0x1'", 'pci:0000:01:0a.1'],
    ["type='pci' domain='0' bus='16' slot='10' function='1'", 'pci:0000:10:0a.1'],
    ["type='pci' domain='0' bus='017' slot='012' function='01'", 'pci:0000:0f:0a.1'],
    ["type='pci' bus='0X1F'", 'pci:0000:1f:00.0'],
    ["type='pci' domain='0x10000' bus='1' slot='0'", 'pci:10000:01:00.0'],
    ["type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'", 'ccw:fe.0.0001'],
    ["type='virtio-mmio' b='2' a='1'", 'virtio-mmio:a=1,b=2'],
  ])('of %s is %s', (attributes, expected) => {
    expect(address(attributes)).toBe(expected);
  });

  it.each([
    ["type='unassigned'"],
    ["type='pci'"],
    ["type='pci' domain='0x0000' bus='0x00' slot='0x00' function='0x0'"],
    ["type='ccw'"],
    ["domain='0x0000' bus='0x01'"],
  ])('of %s is none', (attributes) => {
    expect(address(attributes)).toBeNull();
  });

  it('is not the host side address', () => {
    const source = `<source><address uuid='${UUID}' type='pci' bus='9'/></source>`;
    expect(devices(`<hostdev type='mdev'>${source}</hostdev>`)[0]?.guestAddress).toBeNull();
  });

  it.each(['', 'x', '08', '0x', '-1', '1 ', '0x123456789', '1e1'])(
    "makes the document unusable with the number '%s'",
    (text) => {
      expect(() => address(`type='pci' bus='${text}'`)).toThrow(`'${text}' is no number for bus`);
    },
  );
});

describe('the name', () => {
  const name = (inside: string): string | null => parseDomain(`<domain>${inside}</domain>`).name;

  it.each([
    ['1e5', '<name>1e5</name>'],
    ['007', '<name>007</name>'],
    ['true', '<name>true</name>'],
    [' a ', '<name> a </name>'],
    ['a&b', '<name>a&amp;b</name>'],
    ['AB', '<name>&#65;&#x42;</name>'],
    ['\u{1f600}', '<name>\u{1f600}</name>'],
    ['<a>', '<name><![CDATA[<a>]]></name>'],
  ])("stays text: '%s'", (expected, inside) => {
    expect(name(inside)).toBe(expected);
  });

  // string(./name[1]) in libvirt.
  it.each([
    ['in pieces around a comment', 'ab', '<name>a<!-- c -->b</name>'],
    ['in pieces around CDATA', 'abc', '<name>a<![CDATA[b]]>c</name>'],
    ['with an element in it', 'abc', '<name>a<i>b</i>c</name>'],
    ['twice', 'a', '<name>a</name><name>b</name>'],
    ['of another namespace first', 'a', "<x:name xmlns:x='urn:x'>b</x:name><name>a</name>"],
    ['in a device first', 'a', '<devices><name>b</name></devices><name>a</name>'],
  ])('is the one libvirt takes: %s', (_, expected, inside) => {
    expect(name(inside)).toBe(expected);
  });

  it('is none where the first is empty', () => {
    expect(name('<name/><name>b</name>') ?? '').toBe('');
    expect(name('')).toBeNull();
  });

  it("comes with the domain's UUID, which may be missing or invalid", () => {
    const uuid = (inside: string): string | null => parseDomain(`<domain>${inside}</domain>`).uuid;
    expect(uuid(`<uuid>${UUID.toUpperCase()}</uuid>`)).toBe(UUID);
    expect(uuid(`<uuid>${UUID.slice(0, 9)}<!-- -->${UUID.slice(9)}</uuid>`)).toBe(UUID);
    expect(uuid('<uuid>x</uuid>')).toBeNull();
    expect(uuid('')).toBeNull();
  });
});
