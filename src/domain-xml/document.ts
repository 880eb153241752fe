// One pass over an XML document: the only importer of the parser (docs/decisions/0001-xml-parser.md).
// It stands on XML 1.0 and namespaces alone and knows no libvirt element. What libxml2, and so libvirt,
// would not parse ends here, and so does what no domain XML needs and an attacker would (document
// types, depth, size).
import { isUtf8 } from 'node:buffer';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { UnusableInput } from '../model/xml.ts';

export const DOCUMENT_LIMIT = 16 * 1024 * 1024;
export const DEPTH_LIMIT = 100;

// libxml2 gives up at these (include/libxml/parserInternals.h: XML_MAX_TEXT_LENGTH, XML_MAX_NAME_LENGTH);
// what it rejects must not be found compatible here.
const TEXT_LIMIT = 10_000_000;
const NAME_LIMIT = 50_000;
// The parser writes each prefixed attribute's name out with its namespace: long times many takes minutes and all memory.
const NAMESPACE_LIMIT = 1000;
// It keeps all attributes of a tag in one object. A million of them take half a minute.
const ATTRIBUTES_LIMIT = 1000;

/** An open tag, with the offsets of its markup in the document's text. */
export interface OpenTag {
  readonly tag: SaxesTagNS;
  /** 1 for the root. */
  readonly depth: number;
  readonly start: number;
  /** Just behind its `>`. */
  readonly end: number;
}

export interface DocumentHandlers {
  open(tag: OpenTag): void;
  /** `end` is just behind the `>` of the closing tag, or of the tag itself where that is empty. */
  close(depth: number, end: number): void;
  text(text: string): void;
}

/**
 * The document's characters; every one of them goes back to the same bytes.
 * Throws UnusableInput for anything but UTF-8 of at most DOCUMENT_LIMIT bytes.
 */
export function decodeDocument(bytes: Buffer): string {
  if (bytes.length > DOCUMENT_LIMIT)
    throw new UnusableInput(`the domain XML has ${String(bytes.length)} bytes; the limit is ${String(DOCUMENT_LIMIT)}`);
  if (bytes.length === 0) throw new UnusableInput('the domain XML is empty');
  if (!isUtf8(bytes)) throw new UnusableInput('the domain XML is not UTF-8');
  return bytes.toString('utf8');
}

/**
 * Walks the document once and calls the handlers in document order.
 * Throws UnusableInput, with line and column, where it is not well-formed, has a document type,
 * declares an encoding that is not UTF-8, or is nested deeper than DEPTH_LIMIT.
 */
export function walkDocument(text: string, handlers: DocumentHandlers): void {
  const parser = newParser();
  let depth = 0;
  let start = 0;
  let attributes = 0;

  const fail = (problem: string): never => {
    throw new UnusableInput(
      `the domain XML cannot be used: line ${String(parser.line)}, column ${String(parser.column)}: ${problem}`,
    );
  };
  const limitText = (length: number): void => {
    if (length > TEXT_LIMIT) fail(`one piece of text is longer than ${String(TEXT_LIMIT)} characters`);
  };

  // saxes starts its messages with the place, "3:14: "; ours is in words.
  parser.on('error', (error) => fail(error.message.replace(/^\d+:\d+: |\.$/g, '')));
  parser.on('xmldecl', (declaration) => {
    const encoding = declaration.encoding ?? 'utf-8';
    const ascii = /^(?:us-)?ascii$/i.test(encoding);
    // eslint-disable-next-line no-control-regex -- all of ASCII
    if (!/^utf-?8$/i.test(encoding) && !(ascii && /^[\x00-\x7f]*$/.test(text)))
      throw new UnusableInput(`the domain XML is declared as '${encoding}', not UTF-8`);
  });
  parser.on('doctype', () => fail('a document type is not allowed'));
  parser.on('opentagstart', (tag) => {
    depth += 1;
    if (depth > DEPTH_LIMIT) fail(`elements are nested deeper than ${String(DEPTH_LIMIT)}`);
    if (tag.name.length > NAME_LIMIT) fail(`a name is longer than ${String(NAME_LIMIT)} characters`);
    start = text.lastIndexOf('<', parser.position - 1);
    attributes = 0;
  });
  parser.on('attribute', (attribute) => {
    attributes += 1;
    if (attributes > ATTRIBUTES_LIMIT) fail(`one tag has more than ${String(ATTRIBUTES_LIMIT)} attributes`);
    if (attribute.name.length > NAME_LIMIT) fail(`a name is longer than ${String(NAME_LIMIT)} characters`);
    limitText(attribute.value.length);
    if ((attribute.name === 'xmlns' || attribute.prefix === 'xmlns') && attribute.value.length > NAMESPACE_LIMIT)
      fail(`a namespace is longer than ${String(NAMESPACE_LIMIT)} characters`);
  });
  parser.on('opentag', (tag) => {
    handlers.open({ tag, depth, start, end: parser.position });
  });
  parser.on('closetag', () => {
    handlers.close(depth, parser.position);
    depth -= 1;
  });
  parser.on('text', (value) => {
    limitText(value.length);
    handlers.text(value);
  });
  parser.on('cdata', (value) => {
    limitText(value.length);
    handlers.text(value);
  });
  parser.on('comment', (value) => {
    limitText(value.length);
  });
  parser.on('processinginstruction', (instruction) => {
    limitText(instruction.body.length);
  });
  parser.write(text).close();
}

/** A parser without handlers. */
export function newParser(): SaxesParser<{ xmlns: true }> {
  // XML 1.1 allows characters that libxml2, which knows 1.0 only, rejects.
  const parser = new SaxesParser({ xmlns: true, position: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
  // on() adds its properties under computed names. After half a dozen of those V8 makes the parser a dictionary, and each
  // character takes three times as long (V8, src/objects/map-inl.h, Map::TooManyFastProperties). Here they are added under
  // their own names, which does nothing else: on() then finds them.
  const it = parser as unknown as Record<string, unknown>;
  it['errorHandler'] = undefined;
  it['xmldeclHandler'] = undefined;
  it['doctypeHandler'] = undefined;
  it['openTagStartHandler'] = undefined;
  it['attributeHandler'] = undefined;
  it['openTagHandler'] = undefined;
  it['closeTagHandler'] = undefined;
  it['textHandler'] = undefined;
  it['cdataHandler'] = undefined;
  it['commentHandler'] = undefined;
  it['piHandler'] = undefined;
  return parser;
}
