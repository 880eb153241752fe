// Reads the stamp out of the element that carries it. Unknown elements and attributes are left alone,
// so that a newer stamp can say more; what is known must be right, or the whole stamp is invalid:
// a stamp misread lets an incompatible migration pass.
import type { StampReading } from '../model/domain.ts';
import { STAMP_NAMESPACE, type StampedDevice, type StampedVersion, type VersionNode } from '../model/stamp.ts';
import { parseTime } from '../model/time.ts';
import { decodeVersion } from '../model/version.ts';
import type { XmlElement } from '../model/xml.ts';

/** `elements`: all elements of the stamp's namespace directly under the domain's `<metadata>`. */
export function readStamp(elements: readonly XmlElement[]): StampReading {
  const [element] = elements;
  if (element === undefined) return { kind: 'none' };
  const invalid = (problem: string): StampReading => ({ kind: 'invalid', problem });
  if (elements.length > 1) return invalid(`there are ${String(elements.length)} stamps`);
  if (element.name !== 'stamp') return invalid(`the element is <${element.name}>, not <stamp>`);
  const host = element.attributes.get('host');
  if (host === undefined || host === '') return invalid('it names no host');
  const time = element.attributes.get('time') ?? '';
  if (parseTime(time) === null) return invalid(`'${time}' is no time`);
  const devices: StampedDevice[] = [];
  const keys = new Set<string>();
  for (const child of ours(element, 'device')) {
    const device = readDevice(child);
    if (typeof device === 'string') return invalid(device);
    const key = device.guestAddress ?? `#${String(device.index)}`;
    if (keys.has(key)) return invalid(`two devices are at ${key}`);
    keys.add(key);
    devices.push(device);
  }
  const id = element.attributes.get('host-id') ?? null;
  return { kind: 'stamp', stamp: { host: { name: host, id }, stampedAt: time, devices } };
}

function ours(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.namespace === STAMP_NAMESPACE && child.name === name);
}

// The device, or what is wrong with it.
function readDevice(element: XmlElement): StampedDevice | string {
  const { attributes } = element;
  const index = attributes.get('index') ?? '';
  if (!/^\d{1,6}$/.test(index)) return `'${index}' is no index of a device`;
  const type = attributes.get('type') ?? '';
  if (type === '') return `device ${index} has no mdev type`;
  const versions: Record<VersionNode, StampedVersion | null> = { device: null, type: null };
  for (const child of ours(element, 'version')) {
    const node = child.attributes.get('node') ?? '';
    if (node !== 'device' && node !== 'type') return `device ${index} has a version of a node '${node}'`;
    if (versions[node] !== null) return `device ${index} has two versions of its ${node} node`;
    const version = readVersion(child);
    if (version === null) return `device ${index} has an unreadable version of its ${node} node`;
    versions[node] = version;
  }
  return {
    index: Number(index),
    guestAddress: attributes.get('address') ?? null,
    uuid: attributes.get('uuid') ?? null,
    type,
    parent: attributes.get('parent') ?? null,
    versions,
  };
}

function readVersion(element: XmlElement): StampedVersion | null {
  const value = element.attributes.get('value');
  const error = element.attributes.get('error');
  if (value === undefined) return error === undefined || error === '' ? null : { state: 'error', error };
  if (error !== undefined) return null;
  const bytes = decodeVersion(value);
  return bytes === null ? null : { state: 'version', bytes };
}
