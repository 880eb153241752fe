// Finds in a domain XML what libvirt would find: the guest's mdev hostdevs, and our stamp and exemption.
// Element names count only without a namespace, as in libvirt's XPath ("./devices/hostdev").
import type { MdevHostdev } from '../model/domain.ts';
import { EXEMPTION_NAMESPACE } from '../model/exemption.ts';
import { STAMP_NAMESPACE } from '../model/stamp.ts';
import { parseUuid } from '../model/uuid.ts';
import { UnusableInput, type XmlElement } from '../model/xml.ts';
import { guestAddress } from './address.ts';
import { type OpenTag, walkDocument } from './document.ts';

/** A piece of the document's text, end exclusive. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** An element directly under /domain/metadata. */
interface MetadataElement {
  readonly element: XmlElement;
  readonly range: Range;
}

export interface DomainDocument {
  readonly text: string;
  readonly name: string | null;
  readonly uuid: string | null;
  readonly hostdevs: readonly MdevHostdev[];
  /** Elements of the stamp's namespace directly under /domain/metadata, in document order. */
  readonly stamps: readonly MetadataElement[];
  /** The same of the exemption's namespace. */
  readonly exemptions: readonly MetadataElement[];
  /** The first <metadata>: its open tag, and whether it is empty (`<metadata/>`). */
  readonly metadata: { readonly tag: Range; readonly empty: boolean } | null;
  /** Where a <metadata> would go: behind <name>, <uuid>, <title> and <description>. */
  readonly head: number;
}

interface Building extends XmlElement {
  readonly attributes: Map<string, string>;
  readonly children: Building[];
}

/** Throws UnusableInput where the document cannot be used: not well-formed, not a domain, a hostdev without a UUID. */
export function parseDomain(text: string): DomainDocument {
  const path: string[] = [];
  const hostdevs: Building[] = [];
  const stamps: MetadataElement[] = [];
  const exemptions: MetadataElement[] = [];
  const ours = new Map([
    [STAMP_NAMESPACE, stamps],
    [EXEMPTION_NAMESPACE, exemptions],
  ]);
  let metadata: DomainDocument['metadata'] = null;
  let head = 0;
  const identity: { name: string | null; uuid: string | null } = { name: null, uuid: null };
  let reading: keyof typeof identity | null = null;
  // The element being kept with all below it, from the outermost in.
  const kept: Building[] = [];
  let keptStart = 0;

  const open = ({ tag, depth, start, end }: OpenTag): void => {
    path.length = depth - 1;
    // Names are compared one by one and never joined: both they and namespaces can be long, and tags many.
    path.push(tag.uri === '' ? tag.local : '');
    // The root is <domain>: nothing else gets past this.
    if (depth === 1) {
      if (path[0] !== 'domain')
        throw new UnusableInput(`the domain XML cannot be used: its root is <${tag.name}>, not <domain>`);
      head = end;
    }
    if (depth === 2) {
      const name = path[1];
      if ((name === 'name' || name === 'uuid') && identity[name] === null) {
        reading = name;
        identity[name] = '';
      }
      if (name === 'metadata' && metadata === null) metadata = { tag: { start, end }, empty: tag.isSelfClosing };
    }
    if (kept.length > 0) {
      const element = build(tag);
      kept.at(-1)?.children.push(element);
      kept.push(element);
    } else if (depth === 3 && path[1] === 'devices' && path[2] === 'hostdev') {
      const element = build(tag);
      if (!isMdev(element)) return;
      hostdevs.push(element);
      kept.push(element);
    } else if (depth === 3 && ours.has(tag.uri) && path[1] === 'metadata') {
      keptStart = start;
      kept.push(build(tag));
    }
  };

  walkDocument(text, {
    open,
    close(depth, end) {
      const element = kept.pop();
      if (depth === 3 && element !== undefined)
        ours.get(element.namespace)?.push({ element, range: { start: keptStart, end } });
      if (depth === 2 && /^(?:name|uuid|genid|title|description)$/.test(path[1] ?? '')) head = Math.max(head, end);
      if (depth === 2) reading = null;
      path.length = depth - 1;
    },
    // All text in the first element of that name, whatever comments or elements stand in between: XPath's
    // string(./name[1]), which libvirt takes (virXPathString).
    text(value) {
      if (reading !== null) identity[reading] = `${identity[reading] ?? ''}${value}`;
    },
  });

  return {
    text,
    name: identity.name,
    uuid: identity.uuid === null ? null : parseUuid(identity.uuid),
    hostdevs: hostdevs.map(readHostdev),
    stamps,
    exemptions,
    metadata,
    head,
  };
}

// A hostdev without `mode` is a subsystem device to libvirt (src/conf/domain_conf.c, virDomainHostdevDefParseXML).
function isMdev({ attributes }: Building): boolean {
  return attributes.get('type') === 'mdev' && (attributes.get('mode') ?? 'subsystem') === 'subsystem';
}

const XMLNS = 'http://www.w3.org/2000/xmlns/';
const READ = new Set(['type', 'mode', 'model', 'uuid', 'domain', 'bus', 'slot', 'function', 'cssid', 'ssid', 'devno']);

function build(tag: OpenTag['tag']): Building {
  const attributes = new Map<string, string>();
  for (const { local, uri, name, value } of Object.values(tag.attributes)) {
    if (uri === '') attributes.set(local, value);
    // libvirt's xmlGetProp would take `x:type` for `type`, XPath would not: nobody writes it in good faith.
    else if (tag.uri === '' && uri !== XMLNS && READ.has(local))
      throw new UnusableInput(`the domain XML cannot be used: a hostdev has the attribute '${name}'`);
  }
  return { namespace: tag.uri, name: tag.local, attributes, children: [] };
}

// libvirt reads the first <source><address> for the host side and the first <address> directly below
// the hostdev for the guest side (virXPathNode).
function readHostdev(element: Building, index: number): MdevHostdev {
  const child = (parent: XmlElement, name: string): XmlElement[] =>
    parent.children.filter((candidate) => candidate.namespace === '' && candidate.name === name);
  const hostSide = child(element, 'source').flatMap((source) => child(source, 'address'))[0];
  const uuidText = hostSide?.attributes.get('uuid');
  const uuid = uuidText === undefined ? null : parseUuid(uuidText);
  if (uuid === null) {
    const found = uuidText === undefined ? 'no uuid in <source><address>' : `'${uuidText}' is no UUID`;
    throw new UnusableInput(`the domain XML cannot be used: mdev hostdev ${String(index)}: ${found}`);
  }
  return {
    index,
    uuid,
    model: element.attributes.get('model') ?? null,
    guestAddress: guestAddress(child(element, 'address')[0]),
  };
}
