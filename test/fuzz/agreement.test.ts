// Documents made of hostile parts, given to libxml2 as well: which have mdevs, to us and to what hooks/qemu sees in them
// without Node, and whether what we hand back is still XML.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeDocument } from '../../src/domain-xml/document.ts';
import { type DomainDocument, parseDomain } from '../../src/domain-xml/domain.ts';
import { canonicalUuid, whyRejected } from '../domain-xml/rejections.ts';
import { type Answer, askLibxml2, HAS_XMLLINT } from '../domain-xml/xmllint.ts';
import { orphanedScript } from '../hook/call.ts';
import { SHELLS } from '../hook/shells.ts';
import { domainDocument } from './grammar.ts';
import { runHook } from './properties.ts';

const DOCUMENTS = 1200;
const FOR_THE_SHELL = 120;
const AT_ONCE = 4;

interface Compared {
  readonly bytes: Buffer;
  readonly ours: DomainDocument | Error;
  readonly theirs: Answer;
}

function tryParse(bytes: Buffer): DomainDocument | Error {
  try {
    return parseDomain(decodeDocument(bytes));
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

// The script with what it needs, and without Node.
const home = mkdtempSync(join(tmpdir(), 'agreement-'));
mkdirSync(join(home, 'bin'));
for (const name of ['tr', 'cat', 'awk', 'sh', 'timeout']) symlinkSync(`/usr/bin/${name}`, join(home, 'bin', name));
writeFileSync(join(home, 'bin/logger'), '#!/bin/sh\n', { mode: 0o755 });

function statusOf(shell: readonly string[], script: string, bytes: Buffer): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const [command, ...words] = [...shell, script, 'guest', 'migrate', 'begin', '-'];
    const child = spawn(command, words, {
      cwd: '/',
      env: { PATH: join(home, 'bin') },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(bytes);
    child.on('error', reject);
    child.on('close', resolve);
  });
}

async function letThrough(shell: readonly string[], documents: readonly Buffer[]): Promise<string[]> {
  const script = orphanedScript();
  const left = [...documents];
  const through: string[] = [];
  const work = async (): Promise<void> => {
    for (let bytes = left.pop(); bytes !== undefined; bytes = left.pop())
      if ((await statusOf(shell, script, bytes)) === 0) through.push(bytes.toString('latin1'));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return through;
}

describe.skipIf(!HAS_XMLLINT)(`${String(DOCUMENTS)} hostile documents, compared with libxml2 (needs xmllint)`, () => {
  let all: Compared[] = [];
  beforeAll(async () => {
    const documents = fc.sample(domainDocument, { seed: 20261123, numRuns: DOCUMENTS });
    const answers = await askLibxml2(documents);
    all = documents.flatMap((bytes, index) => {
      const theirs = answers[index];
      return theirs === undefined ? [] : [{ bytes, ours: tryParse(bytes), theirs }];
    });
  }, 60_000);

  it('are rejected where libxml2 rejects them, and else for a stated reason only', () => {
    const wrong = all.flatMap(({ bytes, ours, theirs }) => {
      const { found, messages } = theirs;
      if (found === null) return ours instanceof Error ? [] : [{ text: bytes.toString(), said: messages }];
      if (!(ours instanceof Error) || whyRejected(ours.message, { bytes, found, messages }) !== null) return [];
      return [{ text: bytes.toString(), said: ours.message }];
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(all.filter(({ theirs }) => theirs.found === null).length).toBeGreaterThan(DOCUMENTS / 50);
  });

  it('have the same mdevs and name', () => {
    const wrong = all.flatMap(({ bytes, ours, theirs: { found } }) => {
      if (ours instanceof Error || found === null) return [];
      const [mine, theirs] = [ours, found].map(({ name, hostdevs }) =>
        JSON.stringify([name ?? '', hostdevs.map(({ uuid, model }) => [canonicalUuid(uuid), model])]),
      );
      return mine === theirs ? [] : [{ text: bytes.toString(), mine, theirs }];
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it('come back as XML with the same mdevs, where they are accepted', async () => {
    const accepted = all
      .filter(({ ours }) => !(ours instanceof Error))
      .map(({ bytes, theirs }) => ({ document: runHook(bytes).reply.document, theirs }))
      .filter(({ document }) => document !== '');
    expect(accepted.length).toBeGreaterThan(DOCUMENTS / 20);
    const answers = await askLibxml2(accepted.map(({ document }) => Buffer.from(document)));
    for (const [index, { document, theirs }] of accepted.entries())
      expect(answers[index]?.found?.hostdevs, document).toEqual(theirs.found?.hostdevs);
  });

  describe.each(SHELLS.filter(({ missing }) => !missing))('hooks/qemu run by $name without Node', ({ words }) => {
    it('lets none through in which libxml2 finds a mdev', async () => {
      const withMdevs = all.filter(({ theirs }) => (theirs.found?.hostdevs.length ?? 0) > 0).map(({ bytes }) => bytes);
      // Those that are spelt oddly first: the others are much the same.
      const odd = withMdevs.filter((bytes) => !bytes.toString('latin1').includes(`type='mdev'`));
      const chosen = [...odd, ...withMdevs.filter((bytes) => !odd.includes(bytes))].slice(0, FOR_THE_SHELL);
      expect(chosen).toHaveLength(FOR_THE_SHELL);
      expect(await letThrough(words, chosen)).toEqual([]);
    }, 60_000);
  });
});
