// libxml2's view of many documents, by way of its own command. libvirt parses with the same library and,
// like xmllint without options, without XML_PARSE_NOENT and XML_PARSE_HUGE (libvirt, src/util/virxml.c).
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const HAS_XMLLINT = spawnSync('xmllint', ['--version']).status === 0;

/** What libxml2 finds in a document it accepts. */
export interface Found {
  readonly root: { readonly name: string; readonly namespace: string };
  readonly name: string;
  readonly hostdevs: readonly { readonly uuid: string; readonly model: string | null }[];
  /** Elements below DEPTH_LIMIT others. */
  readonly tooDeep: number;
  /** Attributes like `x:type`, in a hostdev. */
  readonly prefixed: number;
}

export interface Answer {
  /** Null: rejected as not well-formed. */
  readonly found: Found | null;
  /** What it had to say on stderr of this document. */
  readonly messages: string;
}

const MOST_HOSTDEVS = 8;
const HOSTDEVS = `/domain/devices/hostdev[(not(@mode) or @mode='subsystem') and @type='mdev']`;
// Private characters: no document in the tests has them.
const [FIELD, RECORD] = ['\ue000', '\ue001'];

// libvirt reads attributes with xmlGetProp, which takes `x:uuid` for `uuid`; XPath's @uuid would not.
const attribute = (name: string): string => `@*[local-name() = '${name}']`;

// XPath 1.0 has no loop, so the hostdevs are asked for one by one.
const EXPRESSION = `concat(${[
  'local-name(/*)',
  'namespace-uri(/*)',
  'string(/domain/name)',
  'count(//*[count(ancestor::*) >= 100])',
  `count(//hostdev/descendant-or-self::*/@*[namespace-uri() != ''])`,
  `count(${HOSTDEVS})`,
  ...Array.from({ length: MOST_HOSTDEVS }, (_, index) => {
    const hostdev = `(${HOSTDEVS})[${String(index + 1)}]`;
    const uuid = `(${hostdev}/source/address)[1]/${attribute('uuid')}`;
    const model = `${hostdev}/${attribute('model')}`;
    return `${uuid}, '${FIELD}', count(${model}), '${FIELD}', ${model}`;
  }),
].join(`, '${FIELD}', `)}, '${RECORD}')`;

/** One answer for each document, in order. */
export async function askLibxml2(documents: readonly Buffer[]): Promise<Answer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mdev-preflight-xmllint-'));
  try {
    writeFileSync(join(folder, 'mark'), '<mark/>');
    const names = documents.map((bytes, index) => {
      writeFileSync(join(folder, `d${String(index)}`), bytes);
      return `d${String(index)}`;
    });
    const half = Math.ceil(names.length / 2);
    const answers = await Promise.all([ask(folder, names.slice(0, half)), ask(folder, names.slice(half))]);
    return answers.flat();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// xmllint prints nothing on stdout for a document it rejects and says nothing of the file for one it
// accepts: a mark between the documents tells whose line it is.
async function ask(folder: string, names: readonly string[]): Promise<Answer[]> {
  const files = names.flatMap((name) => [name, 'mark']);
  const [output, messages] = await run(folder, ['--nonet', '--xpath', EXPRESSION, ...files]);
  const mark = `mark${FIELD}`;
  const answers = output.split(RECORD).map((record) => record.replace(/^\n/, ''));
  const messagesOf = new Map<string, string>();
  for (const [, name = '', message = ''] of messages.matchAll(/^(d\d+):\d+: (.*)$/gm))
    messagesOf.set(name, `${messagesOf.get(name) ?? ''}${message}\n`);
  let next = 0;
  return names.map((name) => {
    const record = answers[next] ?? '';
    const accepted = !record.startsWith(mark);
    next += accepted ? 2 : 1;
    return { found: accepted ? readRecord(record) : null, messages: messagesOf.get(name) ?? '' };
  });
}

function readRecord(record: string): Found {
  const [root = '', namespace = '', name = '', tooDeep, prefixed, count, ...fields] = record.split(FIELD);
  if (fields.length !== 3 * MOST_HOSTDEVS || Number(count) > MOST_HOSTDEVS)
    throw new Error(`xmllint: unexpected answer '${record}'`);
  const hostdevs = Array.from({ length: Number(count) }, (_, index) => {
    const [uuid = '', models, model = ''] = fields.slice(3 * index);
    return { uuid, model: models === '0' ? null : model };
  });
  return { root: { name: root, namespace }, name, hostdevs, tooDeep: Number(tooDeep), prefixed: Number(prefixed) };
}

function run(cwd: string, words: readonly string[]): Promise<[stdout: string, stderr: string]> {
  return new Promise((resolve, reject) => {
    const child = spawn('xmllint', words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => chunks[0].push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks[1].push(chunk));
    child.on('error', reject);
    // Its exit status is that of the worst document, which is known from the marks.
    child.on('close', () => {
      resolve([Buffer.concat(chunks[0]).toString('utf8'), Buffer.concat(chunks[1]).toString('latin1')]);
    });
  });
}
