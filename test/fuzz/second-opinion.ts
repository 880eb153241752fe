// A domain XML read a second time, by other means than src/ has: one expression for the markup, and docs/stamp.md and
// docs/exemption.md by the letter. For documents that were found well-formed; of others it says null or nonsense.

export interface Node {
  readonly namespace: string;
  readonly name: string;
  /** Those without a prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Node[];
  readonly start: number;
  readonly end: number;
}

interface Open extends Node {
  readonly tag: string;
  readonly attributes: Map<string, string>;
  readonly children: Open[];
  readonly scope: ReadonlyMap<string, string>;
  end: number;
}

// White space is XML's: JavaScript's has U+FEFF as well, which may stand in a name.
const [S, NAME] = ['[ \\t\\r\\n]', `[^ \\t\\r\\n=<>/"'&!?]+`];
const PAIR = `(${NAME})${S}*=${S}*(?:"([^"]*)"|'([^']*)')`;
const MARKUP = new RegExp(
  String.raw`<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<\/(${NAME})${S}*>|<(${NAME})((?:${S}+${NAME}${S}*=${S}*(?:"[^"]*"|'[^']*'))*)${S}*(\/?)>`,
  'g',
);
const ATTRIBUTE = new RegExp(PAIR, 'g');
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The root element, or null where the markup does not fit together. */
export function readTree(text: string): Node | null {
  const document: Open = {
    ...{ tag: '', namespace: '', name: '', attributes: new Map(), children: [], start: 0, end: text.length },
    scope: new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]),
  };
  const open = [document];
  for (const match of text.matchAll(MARKUP)) {
    const [markup, closing, tag, attributes = '', empty] = match;
    const above = open.at(-1) ?? document;
    const end = match.index + markup.length;
    if (tag !== undefined) {
      const element = readTag(tag, attributes, above.scope, match.index, end);
      above.children.push(element);
      if (empty === '') open.push(element);
    } else if (closing !== undefined) {
      if (closing !== above.tag) return null;
      above.end = end;
      open.pop();
    }
  }
  return open.length === 1 ? (document.children[0] ?? null) : null;
}

function readTag(tag: string, text: string, outer: ReadonlyMap<string, string>, start: number, end: number): Open {
  const scope = new Map(outer);
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE)) {
    const value = valueOf(double ?? single ?? '');
    if (name === 'xmlns') scope.set('', value.trim());
    else if (name.startsWith('xmlns:')) scope.set(name.slice(6), value.trim());
    else if (!name.includes(':')) attributes.set(name, value);
  }
  const colon = tag.indexOf(':');
  const namespace = scope.get(colon < 0 ? '' : tag.slice(0, colon)) ?? '';
  return { tag, namespace, name: tag.slice(colon + 1), attributes, children: [], scope, start, end };
}

// XML 1.0, 3.3.3: white space becomes a space, but what references stand for stays.
function valueOf(text: string): string {
  return text
    .replace(/\r\n|[\r\n\t]/g, ' ')
    .replace(/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));/g, (_, hex?: string, decimal?: string, name?: string) =>
      name === undefined
        ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
        : (NAMED.get(name) ?? ''),
    );
}

const below = (node: Node | undefined, name: string, namespace = ''): Node[] =>
  node?.children.filter((child) => child.name === name && child.namespace === namespace) ?? [];

/** The elements of a namespace directly below /domain/metadata. */
export function metadataOf(root: Node, namespace: string): Node[] {
  return below(root, 'metadata').flatMap(({ children }) => children.filter((child) => child.namespace === namespace));
}

interface Hostdev {
  readonly uuid: string;
  readonly model: string | undefined;
  readonly address: string | null;
}

export function hostdevsOf(root: Node): Hostdev[] {
  return below(root, 'devices')
    .flatMap((devices) => below(devices, 'hostdev'))
    .filter(({ attributes }) => attributes.get('type') === 'mdev')
    .filter(({ attributes }) => !attributes.has('mode') || attributes.get('mode') === 'subsystem')
    .map((hostdev) => {
      const [host] = below(hostdev, 'source').flatMap((source) => below(source, 'address'));
      const digits = (host?.attributes.get('uuid') ?? '').replace(/[^0-9a-fA-F]/g, '').toLowerCase();
      const parts = [8, 12, 16, 20].map((at, index, all) => digits.slice(all[index - 1] ?? 0, at));
      const uuid = [...parts, digits.slice(20)].join('-');
      return { uuid, model: hostdev.attributes.get('model'), address: addressOf(below(hostdev, 'address')[0]) };
    });
}

// docs/stamp.md, "Guest addresses".
function addressOf(address: Node | undefined): string | null {
  const value = (name: string): string => (address?.attributes.get(name) ?? '0').trim();
  const number = (name: string): number =>
    /^\+?0[0-7]+$/.test(value(name)) ? Number.parseInt(value(name), 8) : Number(value(name));
  const hex = (name: string, width: number): string => number(name).toString(16).padStart(width, '0');
  const type = address?.attributes.get('type');
  if (address === undefined || type === undefined || type === 'unassigned') return null;
  if (type === 'pci') {
    if (['domain', 'bus', 'slot'].every((name) => number(name) === 0)) return null;
    return `pci:${hex('domain', 4)}:${hex('bus', 2)}:${hex('slot', 2)}.${hex('function', 1)}`;
  }
  if (type === 'ccw')
    return address.attributes.has('devno') ? `ccw:${hex('cssid', 1)}.${hex('ssid', 1)}.${hex('devno', 4)}` : null;
  const others = [...address.attributes].filter(([name]) => name !== 'type').map((pair) => pair.join('='));
  return `${type}:${others.sort().join(',')}`;
}

/** What a stamp says of a hostdev: type and version of each node; null where it says nothing that counts. */
export function stampedOf(
  root: Node,
  namespace: string,
  address: string | null,
  index: number,
): { readonly type: string | undefined; readonly version: (node: string) => string | null } | null {
  const [stamp, ...others] = metadataOf(root, namespace);
  if (stamp?.name !== 'stamp' || others.length > 0) return null;
  const devices = below(stamp, 'device', namespace).filter(({ attributes }) =>
    address === null
      ? !attributes.has('address') && Number(attributes.get('index')) === index
      : attributes.get('address') === address,
  );
  const [device] = devices;
  if (device === undefined || devices.length > 1) return null;
  return {
    type: device.attributes.get('type'),
    version: (node) => {
      const [version] = below(device, 'version', namespace).filter(({ attributes }) => attributes.get('node') === node);
      const value = version?.attributes.get('value');
      return value === undefined
        ? null
        : value.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    },
  };
}
