// The limits: what is no domain XML ends as UnusableInput, with the place where people have to look.
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { decodeDocument, DEPTH_LIMIT, DOCUMENT_LIMIT, newParser } from '../../src/domain-xml/document.ts';
import { type DomainDocument, parseDomain } from '../../src/domain-xml/domain.ts';
import { UnusableInput } from '../../src/model/xml.ts';

const parse = (document: string | Buffer): DomainDocument => parseDomain(decodeDocument(Buffer.from(document)));

function rejection(document: string | Buffer): Error {
  try {
    parse(document);
  } catch (error) {
    if (error instanceof UnusableInput) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const nested = (depth: number): string => `<domain>${'<a>'.repeat(depth - 1)}${'</a>'.repeat(depth - 1)}</domain>`;

describe('bytes', () => {
  it('rejects an empty document', () => {
    expect(rejection('').message).toBe('the domain XML is empty');
  });

  it('takes 16 MiB and rejects one byte more', () => {
    // In two comments: one piece of text must not be longer than 10 MB.
    const comment = `<!--${'a'.repeat(8_000_000)}-->`;
    const padded = (size: number): Buffer => Buffer.from(`<domain/>${comment}${comment}`.padEnd(size, ' '));
    expect(parse(padded(DOCUMENT_LIMIT)).hostdevs).toEqual([]);
    expect(rejection(padded(DOCUMENT_LIMIT + 1)).message).toContain('has 16777217 bytes; the limit is 16777216');
  });

  it.each([
    ['latin1', Buffer.from('<domain><name>\xe9</name></domain>', 'latin1')],
    ['an overlong form', Buffer.from('<domain>\xc0\xaf</domain>', 'latin1')],
    ['a surrogate', Buffer.from('<domain>\xed\xa0\x80</domain>', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff<domain/>', 'utf16le')],
  ])('rejects %s as not UTF-8', (_, bytes) => {
    expect(rejection(bytes)).toBeInstanceOf(UnusableInput);
  });

  it.each(['ISO-8859-1', 'UTF-16', 'windows-1252'])('rejects the declared encoding %s', (encoding) => {
    const error = rejection(`<?xml version='1.0' encoding='${encoding}'?><domain/>`);
    expect(error).toBeInstanceOf(UnusableInput);
    expect(error.message).toContain(`'${encoding}'`);
  });

  it.each(['UTF-8', 'utf-8', 'utf8'])('takes the declared encoding %s', (encoding) => {
    expect(parse(`<?xml version='1.0' encoding='${encoding}'?><domain/>`).hostdevs).toEqual([]);
  });

  it('rejects characters beyond ASCII in a document declared as ASCII, as libxml2 does', () => {
    rejection(`<?xml version='1.0' encoding='us-ascii'?><domain><name>\u00e9</name></domain>`);
  });

  it('gives back the same bytes, with a byte order mark too', () => {
    const bytes = Buffer.from('\ufeff<domain>\r\n\u{1f600}</domain>');
    expect(Buffer.from(decodeDocument(bytes))).toEqual(bytes);
  });
});

describe('markup', () => {
  it.each([
    ['plain', '<!DOCTYPE domain><domain/>'],
    ['with entities', '<!DOCTYPE domain [<!ENTITY a "b">]><domain>&a;</domain>'],
    ['from outside', '<!DOCTYPE domain SYSTEM "file:///etc/passwd"><domain/>'],
  ])('rejects a document type: %s', (_, document) => {
    expect(rejection(document).message).toMatch(/: a document type is not allowed$/);
  });

  it.each([
    ['two roots', '<domain/><domain/>'],
    ['text behind the root', '<domain/>text'],
    ['a reference behind the root', '<domain/>&#32;'],
    ['text before the root', 'text<domain/>'],
    ['no root', '<!-- nothing -->'],
    ['an open end', '<domain>'],
    ['crossed tags', '<domain><a><b></a></b></domain>'],
    ['an attribute twice', "<domain a='1' a='2'/>"],
    ["'<' in a value", "<domain a='<'/>"],
    ['an undefined entity', '<domain>&nbsp;</domain>'],
    ['an undefined entity in a value', "<domain a='&x;'/>"],
    ['an undefined prefix', '<x:domain/>'],
    ['a control character', '<domain>\u0001</domain>'],
    ['NUL', '<domain>\0</domain>'],
    ['a reference to a control character', '<domain>&#1;</domain>'],
    ['a reference to a surrogate', '<domain>&#xD800;</domain>'],
    ['a reference beyond Unicode', '<domain>&#x110000;</domain>'],
    ["']]>' in text", '<domain>]]></domain>'],
    ["'--' in a comment", '<domain><!-- -- --></domain>'],
  ])('rejects %s, and says where', (_, document) => {
    expect(rejection(document).message).toMatch(/^the domain XML cannot be used: line \d+, column \d+: \S/);
  });

  it('names line and column as an editor counts them', () => {
    expect(rejection('<domain>\n  <a>\n  </b>\n</domain>').message).toContain('line 3, column 6: ');
  });

  it('keeps to XML 1.0 where 1.1 is declared, which would allow &#1;', () => {
    rejection("<?xml version='1.1'?><domain>&#1;</domain>");
  });

  it(`takes elements nested ${String(DEPTH_LIMIT)} deep and rejects one more`, () => {
    expect(parse(nested(DEPTH_LIMIT)).hostdevs).toEqual([]);
    expect(rejection(nested(DEPTH_LIMIT + 1)).message).toMatch(/: elements are nested deeper than 100$/);
  });

  // libxml2 without XML_PARSE_HUGE gives up on these.
  it.each([
    ['text', (long: string) => `<domain>${long}</domain>`, 10_000_001],
    ['CDATA', (long: string) => `<domain><![CDATA[${long}]]></domain>`, 10_000_001],
    ['a comment', (long: string) => `<domain><!--${long}--></domain>`, 10_000_001],
    ['an attribute', (long: string) => `<domain a='${long}'/>`, 10_000_001],
    ["an element's name", (long: string) => `<domain><${long}/></domain>`, 50_001],
    ["an attribute's name", (long: string) => `<domain ${long}=''/>`, 50_001],
  ])('rejects %s that is too long for libxml2', (_, document, length) => {
    expect(rejection(document('a'.repeat(length))).message).toContain(' is longer than ');
    parse(document('a'.repeat(1000)));
  });

  // The parser writes the namespace in front of every prefixed attribute: with a long one, a document of one
  // megabyte took all memory.
  it('rejects a namespace that is longer than anybody needs', () => {
    const attributes = (count: number): string =>
      Array.from({ length: count }, (_, i) => `x:a${String(i)}=''`).join(' ');
    expect(rejection(`<domain xmlns:x='${'u'.repeat(100_000)}' ${attributes(2)}/>`).message).toContain('namespace');
    rejection(`<domain xmlns='${'u'.repeat(100_000)}'/>`);
    parse(`<domain xmlns:x='${'u'.repeat(500)}' ${attributes(2)}/>`);
  });
});

// The parser keeps them all in one object: of a million it took half a minute.
it('takes a thousand attributes in one tag, as often as there are tags, and rejects one more', () => {
  const tag = (count: number): string =>
    `<a ${Array.from({ length: count }, (_, i) => `a${String(i)}=''`).join(' ')}/>`;
  expect(parse(`<domain>${tag(1000)}${tag(1000)}</domain>`).hostdevs).toEqual([]);
  expect(rejection(`<domain>${tag(1001)}</domain>`).message).toMatch(/: one tag has more than 1000 attributes$/);
});

describe('the root', () => {
  it.each(['network', 'domainsnapshot', 'domstatus', 'Domain'])('rejects <%s>', (name) => {
    expect(rejection(`<${name}/>`).message).toBe(`the domain XML cannot be used: its root is <${name}>, not <domain>`);
  });

  it.each(["<domain xmlns='urn:x'/>", "<x:domain xmlns:x='urn:x'/>"])(
    'rejects a domain of another namespace: %s',
    (root) => {
      expect(rejection(root).message).toContain('its root is ');
    },
  );
});

describe('the parser', () => {
  // As a dictionary it takes three times as long for each character.
  it('is no dictionary to V8, whatever is listened for', () => {
    setFlagsFromString('--allow-natives-syntax');
    const isFast = runInThisContext('(it) => %HasFastProperties(it)') as (it: object) => boolean;
    // Compiled when it is first called.
    isFast({});
    setFlagsFromString('--no-allow-natives-syntax');
    const parser = newParser();
    const before = Object.keys(parser);
    const events = [
      'error',
      'xmldecl',
      'doctype',
      'opentagstart',
      'attribute',
      'opentag',
      'closetag',
      'text',
      'cdata',
      'comment',
      'processinginstruction',
    ] as const;
    for (const event of events) parser.on(event, () => undefined);
    expect(isFast(parser)).toBe(true);
    // The names are those that on() uses.
    expect(Object.keys(parser)).toEqual(before);
    expect(isFast(Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`a${String(index)}`, index])))).toBe(
      false,
    );
  });
});
