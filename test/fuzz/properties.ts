// What must hold for every input there is: the hook's whole way as functions, on a simulated host, and what is wrong with
// what came of it.
import { DEFAULT_CONFIG } from '../../src/config/config.ts';
import { parseDomain } from '../../src/domain-xml/domain.ts';
import { begin, type Begun, concludeCutShort, concludeGuest, readHookGuest } from '../../src/hook/hook.ts';
import { frameReply, type HookReply } from '../../src/hook/reply.ts';
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { printable } from '../../src/model/printable.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { gather } from '../../src/preflight/gather.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { ACCEPTED, DESTINATION } from './host.ts';
import { type Recorded, recording, strayPaths } from './paths.ts';
import { hostdevsOf, metadataOf, type Node, readTree, stampedOf } from './second-opinion.ts';

/** What a document may hold where nobody is to see it. */
const SECRET = 'S3CRET-7f1d';
export const SECRETS = [`<graphics type='vnc' passwd='${SECRET}'/>`, `<secret uuid='${SECRET}'/>`];
const NOW = new Date('2026-11-22T10:05:00Z');
const HOST = { name: DESTINATION.name, id: null };
const LINE_LIMIT = 600;
// Eight devices, a count, four lines of the kernel log for each, and one of an exemption.
const LINES_LIMIT = 8 + 1 + 8 * 4 + 1;

export type Outcome = 'plain' | 'unusable' | 'refused' | 'accepted' | 'exempted';

export interface Run {
  readonly outcome: Outcome;
  readonly reply: HookReply;
  readonly recorded: Recorded;
}

/** The hook's way with a document, as src/hook.ts goes it. */
export function runHook(bytes: Buffer): Run {
  const recorded: Recorded = { asked: [], listed: new Map() };
  const guest = readHookGuest(bytes, 'desktop-7', 'migrate');
  if ('status' in guest) return { outcome: guest.status === 0 ? 'plain' : 'unusable', reply: guest, recorded };
  const progress: Progress[] = [];
  const io = recording(simulatedSysfs(DESTINATION), recorded);
  gather(io, guest.cases, { ask: true, kernelLog: true, expired: () => false }, (step) => progress.push(step));
  const told = JSON.parse(JSON.stringify(progress)) as Progress[];
  const reply = concludeGuest(guest, told, DEFAULT_CONFIG, HOST, NOW, 'migrate');
  const begun = JSON.parse(JSON.stringify(begin(guest, DEFAULT_CONFIG, 'migrate', NOW))) as Begun;
  for (const length of [0, Math.floor(told.length / 2), told.length]) {
    const cut = concludeCutShort(begun, told.slice(0, length), HOST, NOW);
    if (cut.status === 0 && cut.priority !== 'warning') throw new Error('a call that was cut short was accepted');
    // Who is accepted by its drivers may have an exemption as well.
    const exempt = reply.status === 0 && reply.priority === 'warning';
    if (reply.status === 0 ? exempt && cut.status !== 0 : cut.status === 0)
      throw new Error('an exemption counts in one process and not in the other');
  }
  const accepted = reply.priority === 'warning' ? 'exempted' : 'accepted';
  return { outcome: reply.status === 0 ? accepted : 'refused', reply, recorded };
}

/** What is wrong, in words; empty where all is well. `run` is there to be replaced by a faulty one. */
export function findFaults(
  bytes: Buffer,
  run: (bytes: Buffer) => Run = runHook,
): { faults: string[]; outcome: Outcome } {
  let ran: Run;
  try {
    ran = run(bytes);
  } catch (error) {
    return {
      faults: [`thrown: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
      outcome: 'refused',
    };
  }
  const { outcome, reply, recorded } = ran;
  const faults = [...strayPaths(recorded), ...wordFaults(reply, isGuarded(bytes.toString('utf8')))];
  if (frameReply(reply).split('\u001e').length !== 7) faults.push('the reply breaks its frame');
  if (reply.status !== 0 && reply.document !== '') faults.push('a refusal hands a document back');
  if ((reply.status === 0) !== (reply.told === '')) faults.push('a refusal says nothing, or an acceptance something');
  if (outcome === 'accepted' || outcome === 'exempted') faults.push(...acceptanceFaults(bytes.toString('utf8'), ran));
  if (outcome === 'plain') faults.push(...plainFaults(bytes.toString('utf8')));
  if (Object.keys({}).length > 0 || Object.getOwnPropertyNames(Object.prototype).length !== PROTOTYPE)
    faults.push('Object.prototype has changed');
  return { faults, outcome };
}

const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype).length;

// Where nothing but these elements holds it: a name or a UUID that somebody put it into is told.
function isGuarded(text: string): boolean {
  return !SECRETS.reduce(
    (rest, secret) => rest.replaceAll(secret, ''),
    text.replace(/<name\b[^]*<\/name/, (it) => it.replace(/[<>]/g, '')),
  ).includes(SECRET);
}

function wordFaults({ told, log }: HookReply, guarded: boolean): string[] {
  const lines = told.split('\n');
  const last = lines.pop();
  const faults = last === '' ? [] : ['what is told does not end with its line'];
  if (lines.length > LINES_LIMIT) faults.push(`${String(lines.length)} lines are told`);
  for (const line of [...lines, log]) {
    if (Buffer.byteLength(line) > Math.max(LINE_LIMIT, line === log ? 1024 : 0))
      faults.push(`a line is too long: ${line}`);
    if (printable(line) !== line) faults.push(`a line holds what cannot be printed: ${JSON.stringify(line)}`);
    if (guarded && line.includes(SECRET)) faults.push(`a line holds a secret: ${line}`);
  }
  return faults;
}

function plainFaults(text: string): string[] {
  const root = readTree(text);
  return root !== null && isDomain(root) && hostdevsOf(root).length > 0
    ? ['a guest with mdevs is taken for plain']
    : [];
}

const isDomain = ({ name, namespace }: Node): boolean => name === 'domain' && namespace === '';

function acceptanceFaults(text: string, { outcome, reply, recorded }: Run): string[] {
  const root = readTree(text.replace(/^\ufeff/, (mark) => ' '.repeat(mark.length)));
  if (root === null || !isDomain(root)) return ['what was accepted is no domain to another reader'];
  const faults =
    outcome === 'accepted'
      ? hostdevsOf(root).flatMap((hostdev, index) => judged(root, hostdev, index, recorded))
      : exemptionFaults(root);
  if (hostdevsOf(root).length === 0) faults.push('what was accepted has no mdev to another reader');
  return [...faults, ...documentFaults(text, root, reply.document)];
}

// A yes is a driver's, to the version that the stamp has of the very node that was asked.
function judged(
  root: Node,
  { uuid, model, address }: ReturnType<typeof hostdevsOf>[number],
  index: number,
  recorded: Recorded,
): string[] {
  const here = ACCEPTED.get(uuid);
  const stamped = stampedOf(root, STAMP_NAMESPACE, address, index);
  const who = `hostdev ${String(index)}, ${uuid}:`;
  if (here === undefined || stamped === null) return [`${who} accepted, and is not here or not stamped`];
  if (stamped.type !== here.type) return [`${who} accepted with type ${String(stamped.type)}`];
  if (model !== 'vfio-pci') return [`${who} accepted with model ${String(model)}`];
  const atDevice = here.atDevice !== null && stamped.version('device') !== null;
  const [version, versions] = atDevice
    ? [stamped.version('device'), here.atDevice]
    : [stamped.version('type'), here.atType];
  if (version === null || !versions.includes(version.replace(/\n$/, '')))
    return [`${who} accepted with version ${String(version)}`];
  const path = `bus/mdev/devices/${uuid}/${atDevice ? '' : 'mdev_type/'}migration_version`;
  const asked = recorded.asked.some((it) => it.action === 'offer' && it.path === path && it.version === version);
  return asked ? [] : [`${who} accepted, and nobody was asked`];
}

function exemptionFaults(root: Node): string[] {
  const [exemption, ...others] = metadataOf(root, EXEMPTION_NAMESPACE);
  const time = (name: string): number => Date.parse(exemption?.attributes.get(name) ?? '');
  const holds =
    exemption?.name === 'exemption' &&
    others.length === 0 &&
    ['by', 'reason'].every((name) => (exemption.attributes.get(name) ?? '').trim() !== '') &&
    time('from') <= NOW.getTime() + 5000 &&
    NOW.getTime() < time('until') &&
    time('until') - time('from') <= 24 * 3600 * 1000;
  return holds ? [] : ['let in by an exemption that is none'];
}

/** `text` without what is ours. */
function bare(text: string, root: Node): string {
  const ours = [STAMP_NAMESPACE, EXEMPTION_NAMESPACE].flatMap((namespace) => metadataOf(root, namespace));
  return ours
    .sort((one, other) => other.start - one.start)
    .reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
}

function documentFaults(text: string, root: Node, document: string): string[] {
  if (document === '')
    return metadataOf(root, STAMP_NAMESPACE).length > 0 ? ['the stamp of the host before stays'] : [];
  const after = readTree(document.replace(/^\ufeff/, ' '));
  if (after === null) return ['the document handed back is not well-formed'];
  try {
    parseDomain(document);
  } catch (error) {
    return [`the document handed back cannot be used: ${String(error)}`];
  }
  const faults = readGuest(document).cases.every(
    ({ stamped }) => stamped.kind !== 'device' || stamped.host.name === HOST.name,
  )
    ? []
    : ['the document handed back has another host’s stamp'];
  const [before, now] = [bare(text, root), bare(document, after)];
  // Where there was no stamp, a place was made for it.
  const same = metadataOf(root, STAMP_NAMESPACE).length > 0 ? before === now : loose(before) === loose(now);
  if (!same) faults.push('the document handed back is another one');
  if (metadataOf(after, EXEMPTION_NAMESPACE).length > 0) faults.push('the exemption stays');
  return faults;
}

const loose = (text: string): string => text.replace(/\s+|<metadata[^>]*>|<\/metadata\s*>/g, '');
