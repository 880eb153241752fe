// An exemption as an element: what is written is what is read, and what is not quite one is none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDomain } from '../../src/domain-xml/domain.ts';
import { readExemption, writeExemption } from '../../src/exemption/element.ts';
import { type Exemption, EXEMPTION_NAMESPACE, type ExemptionReading } from '../../src/model/exemption.ts';
import { printable } from '../../src/model/printable.ts';
import { exemptionXml } from './parts.ts';

const PLAIN: Exemption = {
  by: 'root@alpha',
  from: '2026-11-22T10:00:00Z',
  until: '2026-11-22T10:10:00Z',
  reason: 'moving the definition',
};

function read(metadata: string): ExemptionReading {
  const { exemptions } = parseDomain(`<domain><metadata>${metadata}</metadata></domain>`);
  return readExemption(exemptions.map(({ element }) => element));
}

/** PLAIN with these attributes in place of its own; undefined leaves one out. */
function readWith(attributes: Readonly<Record<string, string | undefined>>): ExemptionReading {
  const all: Readonly<Record<string, string | undefined>> = { ...PLAIN, ...attributes };
  const pairs = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}='${value}'`]));
  return read(`<exemption xmlns='${EXEMPTION_NAMESPACE}' ${pairs.join(' ')}/>`);
}

describe('an exemption', () => {
  it('is written without prefix and declaration', () => {
    expect(writeExemption(PLAIN)).toBe(
      '<exemption by="root@alpha" from="2026-11-22T10:00:00Z" until="2026-11-22T10:10:00Z" reason="moving the definition"/>',
    );
  });

  it('is found by its namespace, whatever its prefix', () => {
    const found = { kind: 'exemption', exemption: PLAIN };
    expect(read(exemptionXml(PLAIN))).toEqual(found);
    expect(
      read(
        exemptionXml(PLAIN)
          .replaceAll('mdev-preflight-exemption:', 'ns0:')
          .replace('xmlns:mdev-preflight-exemption', 'xmlns:ns0'),
      ),
    ).toEqual(found);
    expect(readWith({})).toEqual(found);
  });

  it.each([
    ['nothing', ''],
    ['one without a namespace', writeExemption(PLAIN)],
    [
      'one of another namespace',
      writeExemption(PLAIN).replace('<exemption', "<exemption xmlns='urn:mdev-preflight:exemption:2'"),
    ],
    ['its prefix on another namespace', exemptionXml(PLAIN).replace(EXEMPTION_NAMESPACE, 'urn:x')],
    ['one inside another element', `<a>${exemptionXml(PLAIN)}</a>`],
    ['one in a comment', `<!--${exemptionXml(PLAIN)}-->`],
  ])('is none where there is %s', (_, metadata) => {
    expect(read(metadata)).toEqual({ kind: 'none' });
  });

  it('may say more than is known', () => {
    const more = exemptionXml(PLAIN)
      .replace(' by=', " scope='all' x:by='nobody' xmlns:x='urn:x' by=")
      .replace('/>', '>text<y/><mdev-preflight-exemption:exemption/></mdev-preflight-exemption:exemption>');
    expect(read(more)).toEqual({ kind: 'exemption', exemption: PLAIN });
  });

  it.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    ['no by', { by: undefined }, 'it does not say who granted it'],
    ['an empty by', { by: '' }, 'it does not say who granted it'],
    ['a blank by', { by: ' \t' }, 'it does not say who granted it'],
    ['no reason', { reason: undefined }, 'it gives no reason'],
    ['a blank reason', { reason: ' &#10;&#xa0;' }, 'it gives no reason'],
    ['no from', { from: undefined }, "'' is no time"],
    ['no until', { until: undefined }, "'' is no time"],
    ['a time of another zone', { until: '2026-11-22T10:10:00+01:00' }, "'2026-11-22T10:10:00+01:00' is no time"],
    ['a day that does not exist', { from: '2026-02-30T10:00:00Z' }, "'2026-02-30T10:00:00Z' is no time"],
    ['no length', { until: PLAIN.from }, `it ends at ${PLAIN.from}, and begins at ${PLAIN.from}`],
    [
      'its end before its beginning',
      { until: '2026-11-22T09:59:59Z' },
      `it ends at 2026-11-22T09:59:59Z, and begins at ${PLAIN.from}`,
    ],
    ['a second more than a day', { until: '2026-11-23T10:00:01Z' }, 'it is for 86401 s; the longest is 86400 s'],
    [
      'a fraction more than a day',
      { until: '2026-11-23T10:00:00.001Z' },
      'it is for 86400.001 s; the longest is 86400 s',
    ],
  ])('with %s is invalid', (_, attributes, problem) => {
    expect(readWith(attributes)).toEqual({ kind: 'invalid', problem });
  });

  it('may last a day', () => {
    expect(readWith({ until: '2026-11-23T10:00:00Z' })).toMatchObject({ kind: 'exemption' });
    expect(readWith({ until: '2026-11-22T10:00:00.001Z' })).toMatchObject({ kind: 'exemption' });
  });

  it('is invalid where there are two, however they are told apart', () => {
    const other = `<exemption xmlns='${EXEMPTION_NAMESPACE}'/>`;
    for (const metadata of [exemptionXml(PLAIN).repeat(2), exemptionXml(PLAIN) + other, other + exemptionXml(PLAIN)])
      expect(read(metadata)).toEqual({ kind: 'invalid', problem: 'there are 2 exemptions' });
    expect(read(`${exemptionXml(PLAIN)}</metadata><metadata>${other}`)).toMatchObject({ kind: 'invalid' });
  });

  it('is invalid under another name', () => {
    expect(read(`<e:Exemption xmlns:e='${EXEMPTION_NAMESPACE}'/>`)).toEqual({
      kind: 'invalid',
      problem: 'the element is <Exemption>, not <exemption>',
    });
  });
});

// Any character, lone surrogates and controls too: a reason is whatever somebody typed.
const words = fc
  .string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(
        '"',
        "'",
        '&',
        '<',
        '>',
        '\0',
        '\n',
        '\t',
        '\u001e',
        '\u202e',
        '\ud800',
        '\uffff',
        '{',
        '$&',
        ']]>',
      ),
    ),
    minLength: 1,
    maxLength: 60,
  })
  .filter((text) => printable(text).trim() !== '');
const moment = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
  .map((date) => date.getTime());
const arbitrary: fc.Arbitrary<Exemption> = fc
  .record({ by: words, reason: words, begin: moment, milliseconds: fc.integer({ min: 1, max: 86_400_000 }) })
  .map(({ by, reason, begin, milliseconds }) => {
    const [from, until] = [new Date(begin).toISOString(), new Date(begin + milliseconds).toISOString()];
    return { by, from, until, reason };
  });

describe('an exemption that was written', () => {
  it('reads the same, with names and reasons made printable', () => {
    fc.assert(
      fc.property(arbitrary, (exemption) => {
        const text = writeExemption(exemption);
        expect(text).toMatch(/^<exemption by="[^"<>\n]*" from="[^"]*" until="[^"]*" reason="[^"<>\n]*"\/>$/);
        const asRead = { ...exemption, by: printable(exemption.by), reason: printable(exemption.reason) };
        expect(read(exemptionXml(exemption))).toEqual({ kind: 'exemption', exemption: asRead });
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('holds no markup of the one who gave the reason', () => {
    const reason = `"/><exemption until='2099-01-01T00:00:00Z`;
    expect(read(exemptionXml({ ...PLAIN, reason }))).toEqual({ kind: 'exemption', exemption: { ...PLAIN, reason } });
  });
});

it('any attributes give an exemption or what is wrong with it, never anything else', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('by', 'from', 'until', 'reason'), fc.string()), (attributes) => {
      const element = { namespace: EXEMPTION_NAMESPACE, name: 'exemption', children: [] };
      const reading = readExemption([{ ...element, attributes: new Map(Object.entries(attributes)) }]);
      expect(reading.kind).toBe('invalid');
    }),
    { seed: 7 },
  );
});
