// Writes a stamp as the XML element docs/stamp.md describes. Values stand in attributes: libvirt
// re-indents white space between elements, and attribute values survive every re-serialiser.
import { STAMP_NAMESPACE, STAMP_PREFIX, type Stamp, type StampedDevice, VERSION_NODES } from '../model/stamp.ts';
import { encodeVersion } from '../model/version.ts';
import { escapeAttribute } from '../model/xml.ts';

/** The element, indented to stand in `<metadata>` of a document that libvirt formatted; no line end behind it. */
export function writeStamp(stamp: Stamp): string {
  return write(stamp, `${STAMP_PREFIX}:`, ` xmlns:${STAMP_PREFIX}="${STAMP_NAMESPACE}"`);
}

/** The element as virDomainSetMetadata takes it: without prefixes and declaration, which libvirt adds. */
export function writeBareStamp(stamp: Stamp): string {
  return write(stamp, '', '');
}

function write(stamp: Stamp, prefix: string, declaration: string): string {
  const { host, stampedAt } = stamp;
  const attributes = attributeList({ host: host.name, 'host-id': host.id, time: stampedAt });
  const devices = stamp.devices.map((device) => writeDevice(device, prefix)).join('');
  return `<${prefix}stamp${declaration}${attributes}>${devices}\n    </${prefix}stamp>`;
}

function writeDevice(device: StampedDevice, prefix: string): string {
  const { index, guestAddress, uuid, type, parent } = device;
  const versions = VERSION_NODES.map((node) => {
    const version = device.versions[node];
    if (version === null) return '';
    const value = version.state === 'version' ? encodeVersion(version.bytes) : null;
    const error = version.state === 'error' ? version.error : null;
    return `\n        <${prefix}version${attributeList({ node, value, error })}/>`;
  });
  const attributes = attributeList({ index: String(index), address: guestAddress, uuid, type, parent });
  return `\n      <${prefix}device${attributes}>${versions.join('')}\n      </${prefix}device>`;
}

function attributeList(values: Readonly<Record<string, string | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === null ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
}
