// Writes a stamp as the XML element docs/stamp.md describes. Values stand in attributes: libvirt
// re-indents white space between elements, and attribute values survive every re-serialiser.
import { printable } from '../model/printable.ts';
import { STAMP_NAMESPACE, type Stamp, type StampedDevice, VERSION_NODES } from '../model/stamp.ts';
import { encodeVersion } from '../model/version.ts';

/** The element, indented to stand in `<metadata>` of a document that libvirt formatted; no line end behind it. */
export function writeStamp(stamp: Stamp): string {
  const { host, stampedAt } = stamp;
  const attributes = attributeList({ host: host.name, 'host-id': host.id, time: stampedAt });
  const devices = stamp.devices.map(writeDevice).join('');
  return `<mdev-preflight:stamp xmlns:mdev-preflight="${STAMP_NAMESPACE}"${attributes}>${devices}\n    </mdev-preflight:stamp>`;
}

function writeDevice(device: StampedDevice): string {
  const { index, guestAddress, uuid, type, parent } = device;
  const versions = VERSION_NODES.map((node) => {
    const version = device.versions[node];
    if (version === null) return '';
    const value = version.state === 'version' ? encodeVersion(version.bytes) : null;
    const error = version.state === 'error' ? version.error : null;
    return `\n        <mdev-preflight:version${attributeList({ node, value, error })}/>`;
  });
  const attributes = attributeList({ index: String(index), address: guestAddress, uuid, type, parent });
  return `\n      <mdev-preflight:device${attributes}>${versions.join('')}\n      </mdev-preflight:device>`;
}

function attributeList(values: Readonly<Record<string, string | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === null ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
}

function escapeAttribute(value: string): string {
  return printable(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
