// The mdevs of a hostile guest: as hostdevs, and as a stamp tells of them.
import fc from 'fast-check';
import { encodeVersion, type VersionBytes } from '../../src/model/version.ts';
import { FIRST_MDEV, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { attributeList } from './attributes.ts';
import { THIRD_MDEV } from './host.ts';
import { filling, hostileWord, rarely } from './words.ts';

/** A mdev that is on the host, or is not, with what a true stamp says of it. */
export interface Mdev {
  readonly uuid: string;
  readonly type: string;
  readonly versions: Readonly<Record<string, string>>;
}
export const GOOD: readonly Mdev[] = [
  { uuid: FIRST_MDEV, type: 'i915-GVTg_V5_4', versions: { type: '8086-591d-GVTg_V5_4-00000001\n' } },
  { uuid: SECOND_MDEV, type: 'i915-GVTg_V5_8', versions: { type: '8086-591d-GVTg_V5_8-00000001\n' } },
  { uuid: THIRD_MDEV, type: 'constructor', versions: { device: 'acme 1 here\n', type: 'acme 1\n' } },
];
export const BAD: readonly Mdev[] = [
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

export function hostdevOf(mdev: Mdev, bus: number): fc.Arbitrary<string> {
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

export function stampedDevice(mdev: Mdev, bus: number, prefix: string): fc.Arbitrary<string> {
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
