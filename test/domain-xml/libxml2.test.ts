// The proof that we read a domain XML as libvirt does: the same documents, given to its XML library.
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeDocument } from '../../src/domain-xml/document.ts';
import { type DomainDocument, parseDomain } from '../../src/domain-xml/domain.ts';
import { UnusableInput } from '../../src/model/xml.ts';
import { distinctCaptures, readCaptures } from './captures.ts';
import { mutants } from './mutations.ts';
import { canonicalUuid, REJECTIONS, whyRejected } from './rejections.ts';
import { type Answer, askLibxml2, HAS_XMLLINT } from './xmllint.ts';

const MUTANTS = 6000;

interface Comparison {
  readonly story: string;
  readonly bytes: Buffer;
  readonly ours: DomainDocument | Error;
  readonly theirs: Answer;
}

async function compare(documents: readonly { story: string; bytes: Buffer }[]): Promise<Comparison[]> {
  const answers = await askLibxml2(documents.map(({ bytes }) => bytes));
  return documents.map(({ story, bytes }, index) => {
    const theirs = answers[index];
    if (theirs === undefined) throw new Error(`no answer for ${story}`);
    return { story, bytes, ours: tryParse(bytes), theirs };
  });
}

function tryParse(bytes: Buffer): DomainDocument | Error {
  try {
    return parseDomain(decodeDocument(bytes));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const ourHostdevs = (document: DomainDocument): unknown =>
  document.hostdevs.map(({ uuid, model }) => ({ uuid: canonicalUuid(uuid), model }));
const theirHostdevs = ({ found }: Answer): unknown =>
  found?.hostdevs.map(({ uuid, model }) => ({ uuid: canonicalUuid(uuid), model }));

// A few are enough to see what is wrong; thousands would only hide it.
const first = <T>(list: readonly T[]): T[] => list.slice(0, 5);

describe.skipIf(!HAS_XMLLINT)('compared with libxml2 (needs xmllint)', () => {
  describe('on what real libvirt wrote', () => {
    let captures: Comparison[] = [];
    beforeAll(async () => {
      captures = await compare(readCaptures().map(({ name, bytes }) => ({ story: name, bytes })));
    });

    it('finds the same mdev hostdevs and name', () => {
      expect(captures.length).toBeGreaterThan(80);
      for (const { story, ours, theirs } of captures) {
        if (ours instanceof Error) throw ours;
        expect({ story, name: ours.name, hostdevs: ourHostdevs(ours) }).toEqual({
          story,
          name: theirs.found?.name,
          hostdevs: theirHostdevs(theirs),
        });
      }
    });

    it('has captures with and without an mdev', () => {
      const counts = new Set(captures.map(({ theirs }) => theirs.found?.hostdevs.length));
      expect([...counts].sort()).toEqual([0, 1]);
    });
  });

  describe(`on ${String(MUTANTS)} broken documents`, () => {
    let all: Comparison[] = [];
    beforeAll(async () => {
      all = await compare(mutants(distinctCaptures(), MUTANTS));
    }, 60_000);

    it('never throws anything but UnusableInput', () => {
      const wrong = all.filter(({ ours }) => ours instanceof Error && !(ours instanceof UnusableInput));
      expect(first(wrong.map(({ story, ours }) => ({ story, ours })))).toEqual([]);
    });

    it('rejects whatever libxml2 rejects', () => {
      const wrong = all.filter(({ ours, theirs }) => theirs.found === null && !(ours instanceof Error));
      expect(first(wrong.map(({ story, theirs }) => ({ story, libxml2: theirs.messages })))).toEqual([]);
    });

    it('finds the same hostdevs and name in whatever it accepts', () => {
      const differences = all.flatMap(({ story, ours, theirs }) => {
        if (ours instanceof Error || theirs.found === null) return [];
        const mine = JSON.stringify([ours.name ?? '', ourHostdevs(ours)]);
        const libxml2 = JSON.stringify([theirs.found.name, theirHostdevs(theirs)]);
        return mine === libxml2 ? [] : [{ story, ours: mine, libxml2 }];
      });
      expect(first(differences)).toEqual([]);
    });

    it('rejects what libxml2 accepts for a stated reason only, and each of them is met', () => {
      const met = new Set<string>();
      const unexplained = all.flatMap(({ story, bytes, ours, theirs }) => {
        if (!(ours instanceof Error) || theirs.found === null) return [];
        const why = whyRejected(ours.message, { bytes, found: theirs.found, messages: theirs.messages });
        if (why !== null) met.add(why);
        return why === null ? [{ story, ours: ours.message, libxml2: theirs.messages }] : [];
      });
      expect(first(unexplained)).toEqual([]);
      expect([...met].sort()).toEqual(Object.keys(REJECTIONS).sort());
    });

    // Mutations that always or never break the document would prove nothing.
    it('meets plenty of documents that both accept, that both reject, and with several hostdevs', () => {
      const accepted = all.filter(({ ours, theirs }) => !(ours instanceof Error) && theirs.found !== null);
      const rejected = all.filter(({ ours, theirs }) => ours instanceof Error && theirs.found === null);
      const several = accepted.filter(({ theirs }) => (theirs.found?.hostdevs.length ?? 0) > 1);
      expect(accepted.length).toBeGreaterThan(MUTANTS / 4);
      expect(rejected.length).toBeGreaterThan(MUTANTS / 4);
      expect(several.length).toBeGreaterThan(MUTANTS / 20);
    });
  });
});
