// The guest side address of a hostdev: the key that migration keeps
// (virDomainHostdevDefCheckABIStability compares it; the UUID may be rewritten on the way).
import { UnusableInput, type XmlElement } from '../model/xml.ts';

/**
 * `pci:0000:01:00.0`, `ccw:fe.0.0001`, or null where libvirt has none or would still choose one.
 * Other kinds of address, which no mdev has today, keep their attributes in order of name.
 */
export function guestAddress(address: XmlElement | undefined): string | null {
  const type = address?.attributes.get('type');
  if (address === undefined || type === undefined || type === 'unassigned') return null;
  const number = (name: string): number => addressNumber(address, name);
  const hex = (name: string, width: number): string => number(name).toString(16).padStart(width, '0');
  if (type === 'pci') {
    // An address of zeros is one that libvirt has yet to choose (virPCIDeviceAddressIsEmpty).
    if (number('domain') === 0 && number('bus') === 0 && number('slot') === 0) return null;
    return `pci:${hex('domain', 4)}:${hex('bus', 2)}:${hex('slot', 2)}.${hex('function', 1)}`;
  }
  if (type === 'ccw') {
    if (!address.attributes.has('devno')) return null;
    return `ccw:${hex('cssid', 1)}.${hex('ssid', 1)}.${hex('devno', 4)}`;
  }
  const rest = [...address.attributes].filter(([name]) => name !== 'type').sort(([a], [b]) => (a < b ? -1 : 1));
  return `${type}:${rest.map(([name, value]) => `${name}=${value}`).join(',')}`;
}

// As strtoul(3) with base 0, which libvirt uses (virXMLPropUInt): decimal, 0 octal, 0x hexadecimal.
function addressNumber(address: XmlElement, name: string): number {
  const text = address.attributes.get(name) ?? '0';
  const match = /^[ \t\n\v\f\r]*\+?(?:0x([0-9a-f]{1,8})|0([0-7]{0,10})|([1-9][0-9]{0,8}))$/i.exec(text);
  if (match === null)
    throw new UnusableInput(
      `the domain XML cannot be used: '${text}' is no number for ${name} in a hostdev's <address>`,
    );
  const [, hexadecimal, octal, decimal] = match;
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal, 16);
  if (octal !== undefined) return Number.parseInt(`0${octal}`, 8);
  return Number(decimal);
}
