// A stamp goes in and every other byte stays.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDocument } from '../../src/domain-xml/document.ts';
import { parseDomain } from '../../src/domain-xml/domain.ts';
import { bareDocument, withStamp } from '../../src/domain-xml/splice.ts';
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { readStamp } from '../../src/stamp/read.ts';
import { writeStamp } from '../../src/stamp/write.ts';
import { readCaptures } from './captures.ts';
import { arbitraryDocument, arbitraryStamp, asRead, withoutStamp } from './stamped-documents.ts';
import { askLibxml2, HAS_XMLLINT } from './xmllint.ts';

// Property tests are seeded: the same documents on every run.
const SEED = { seed: 7, numRuns: 400 };

const readBack = (text: string): unknown => readStamp(parseDomain(text).stamps.map(({ element }) => element));
const NEW = `<s:stamp xmlns:s="${STAMP_NAMESPACE}" host="h" time="2026-01-01T00:00:00Z"/>`;
const EXEMPTION = `<e:exemption xmlns:e='${EXEMPTION_NAMESPACE}' by='root@alpha'>\n</e:exemption>`;
const stamped = (inside: string): string => withStamp(parseDomain(`<domain>${inside}</domain>`), NEW);

describe('withStamp', () => {
  it.each([
    ['into metadata', '<metadata><a/></metadata>', `<metadata>\n    ${NEW}<a/></metadata>`],
    ['into empty metadata', '<metadata/>', `<metadata>\n    ${NEW}\n  </metadata>`],
    [
      'behind name, UUID and title',
      '<name>a</name><uuid/><title/><vcpu/>',
      `<name>a</name><uuid/><title/>\n  <metadata>\n    ${NEW}\n  </metadata><vcpu/>`,
    ],
    ['into a domain without a head', '', `\n  <metadata>\n    ${NEW}\n  </metadata>`],
    [
      'in place of the old one',
      `<metadata><a/>${NEW.replace('"h"', '"old"')}<b/></metadata>`,
      `<metadata><a/>${NEW}<b/></metadata>`,
    ],
    ['in place of the first of two', `<metadata>${NEW} ${NEW}</metadata>`, `<metadata>${NEW} </metadata>`],
  ])('puts it %s', (_, inside, expected) => {
    expect(stamped(inside)).toBe(`<domain>${expected}</domain>`);
  });

  it.each([
    ['alone', `<metadata>${EXEMPTION}</metadata>`, `<metadata>\n    ${NEW}</metadata>`],
    ['behind what stays', `<metadata><a/>${EXEMPTION} <b/></metadata>`, `<metadata>\n    ${NEW}<a/> <b/></metadata>`],
    ['before a stamp', `<metadata>${EXEMPTION}\n${NEW}</metadata>`, `<metadata>\n${NEW}</metadata>`],
    ['behind a stamp', `<metadata>${NEW}\t${EXEMPTION}</metadata>`, `<metadata>${NEW}\t</metadata>`],
    ['twice', `<metadata>${EXEMPTION}<a/>${EXEMPTION}</metadata>`, `<metadata>\n    ${NEW}<a/></metadata>`],
    [
      'in a second metadata',
      `<metadata/><metadata>${EXEMPTION}</metadata>`,
      `<metadata>\n    ${NEW}\n  </metadata><metadata></metadata>`,
    ],
  ])('removes an exemption that stands %s', (_, inside, expected) => {
    expect(stamped(inside)).toBe(`<domain>${expected}</domain>`);
  });

  it('keeps the attributes of empty metadata', () => {
    expect(stamped(`<metadata xmlns:a='urn:a' a:b='c'/>`)).toContain(
      `<metadata xmlns:a='urn:a' a:b='c'>\n    ${NEW}\n`,
    );
  });

  it('leaves alone what only looks like a stamp', () => {
    const elsewhere = `<devices>${NEW}</devices><!--${NEW}-->`;
    const other = `<metadata><x>${NEW}</x><s:stamp xmlns:s="urn:other"/></metadata>`;
    expect(withoutStamp(stamped(elsewhere + other), `\n    ${NEW}`)).toBe(`<domain>${elsewhere}${other}</domain>`);
  });

  it('changes no other byte of any captured document', () => {
    for (const { name, bytes } of readCaptures()) {
      const text = decodeDocument(bytes);
      const result = withStamp(parseDomain(text), NEW);
      const hasMetadata = text.includes('<metadata>');
      const added = hasMetadata ? `\n    ${NEW}` : `\n  <metadata>\n    ${NEW}\n  </metadata>`;
      expect({ name, bytes: Buffer.from(withoutStamp(result, added)) }).toEqual({ name, bytes });
      // Once more is the same: hooks call it at every start.
      expect(withStamp(parseDomain(result), NEW)).toBe(result);
      expect(parseDomain(result).hostdevs).toEqual(parseDomain(text).hostdevs);
    }
  });

  it('takes no longer for many stamps than for as much of anything else', () => {
    const document = parseDomain(`<domain><metadata>${NEW.repeat(20_000)}</metadata></domain>`);
    const start = performance.now();
    expect(withStamp(document, NEW)).toBe(`<domain><metadata>${NEW}</metadata></domain>`);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('bareDocument', () => {
  const bare = (inside: string): string => bareDocument(parseDomain(`<domain>${inside}</domain>`));

  it('takes out stamps and exemptions, and nothing else', () => {
    expect(bare(`<metadata> ${NEW}<a/>\r\n${EXEMPTION}<!--${EXEMPTION}-->${NEW}</metadata>`)).toBe(
      `<domain><metadata> <a/>\r\n<!--${EXEMPTION}--></metadata></domain>`,
    );
    expect(bare(`<devices>${NEW}${EXEMPTION}</devices>`)).toBe(
      `<domain><devices>${NEW}${EXEMPTION}</devices></domain>`,
    );
  });

  it('does so in any document', () => {
    fc.assert(
      fc.property(arbitraryDocument, ({ text, bare: expected }) => {
        const result = bareDocument(parseDomain(text));
        const spelt = (xml: string): string => xml.replaceAll('<metadata/>', '<metadata></metadata>');
        expect(spelt(result)).toBe(spelt(expected));
        expect(parseDomain(result)).toMatchObject({ stamps: [], exemptions: [] });
      }),
      SEED,
    );
  });
});

describe('a stamp written into a document', () => {
  it('changes nothing else, and is read back as it was', () => {
    fc.assert(
      fc.property(arbitraryDocument, arbitraryStamp, ({ text, bare, added }, stamp) => {
        const xml = writeStamp(stamp);
        const result = withStamp(parseDomain(text), xml);
        expect(withoutStamp(result, added(xml))).toBe(bare);
        expect(decodeDocument(Buffer.from(result))).toBe(result);
        expect(readBack(result)).toEqual({ kind: 'stamp', stamp: asRead(stamp) });
        expect(parseDomain(result).exemptions).toEqual([]);
        const again = withStamp(parseDomain(result), xml);
        expect(again).toBe(result);
      }),
      SEED,
    );
  });

  it.skipIf(!HAS_XMLLINT)('is well-formed to libxml2, which finds the same guest (needs xmllint)', async () => {
    const documents = fc.sample(fc.tuple(arbitraryDocument, arbitraryStamp), SEED);
    const captures = readCaptures().map(({ bytes }) => decodeDocument(bytes));
    const texts = [
      ...documents.map(([{ text }, stamp]) => ({ text, stamp })),
      ...captures.map((text, index) => ({ text, stamp: documents[index]?.[1] ?? null })),
    ];
    const results = texts.map(({ text, stamp }) =>
      withStamp(parseDomain(text), stamp === null ? NEW : writeStamp(stamp)),
    );
    const before = await askLibxml2(texts.map(({ text }) => Buffer.from(text)));
    const after = await askLibxml2(results.map((text) => Buffer.from(text)));
    expect(before.every(({ found }) => found !== null)).toBe(true);
    expect(after).toEqual(before);
  });
});
