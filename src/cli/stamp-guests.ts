// `mdev-preflight stamp DOMAIN...` and `stamp --all`: writes this host's facts into running guests.
import type { ListedGuest } from '../libvirt/port.ts';
import { printable } from '../model/printable.ts';
import { type Stamping, stampGuest, type StampingPorts } from '../preflight/stamping.ts';
import { SCHEMA, type Tool } from '../report/json.ts';
import type { Call } from './arguments.ts';
import { connect, findGuest, refusal, uriOf } from './connect.ts';
import { type Context, settingsOf, stampingPorts } from './context.ts';
import { stampingWords, type Words } from './stamping-words.ts';

// Each is looked at by a process of its own.
const AT_ONCE = 4;

interface Outcome {
  readonly word: string;
  readonly guest: ListedGuest | null;
  readonly result: Stamping['state'] | 'unknown-guest' | 'not-running';
  readonly status: 0 | 2 | 3;
  readonly words: Words;
}

interface Work {
  readonly uri: string;
  readonly ports: StampingPorts;
  /** The guests that ran when this began. */
  readonly running: readonly ListedGuest[];
}

export async function stampGuests(call: Call, context: Context): Promise<number> {
  const settings = settingsOf(call);
  const uri = uriOf(call);
  const ports = stampingPorts(await connect(uri, context), settings, context);
  const work = { uri, ports, running: await guestsOf('running', uri, ports) };
  const outcomes = call.all ? await stampAll(work) : await stampNamed(call.words, work);
  if (call.json)
    context.terminal.out(`${JSON.stringify(stampJson(outcomes, context.tool, context.host.name), null, 2)}\n`);
  for (const outcome of outcomes) tell(outcome, call, context);
  if (!call.json && !call.quiet && outcomes.length === 0)
    context.terminal.out('no running guest has an mdev: nothing to stamp\n');
  return Math.max(0, ...outcomes.map(({ status }) => status));
}

async function guestsOf(
  which: 'running' | 'all',
  uri: string,
  { libvirt }: StampingPorts,
): Promise<readonly ListedGuest[]> {
  const listed = await libvirt.guests(which);
  if (!listed.ok) throw refusal(listed.failure, uri);
  return listed.value;
}

async function stampAll(work: Work): Promise<Outcome[]> {
  const outcomes = await inTurns(work.running, (guest) => stampOne(guest.name, guest, work));
  const gone = outcomes.some(({ status }) => status === 2);
  const still = gone ? await guestsOf('running', work.uri, work.ports) : [];
  // A guest without mdevs, or one that went away, is not what was asked about; one that only seems to have is.
  return outcomes.flatMap((outcome) => {
    if (outcome.result === 'no-mdev') return [];
    if (outcome.status !== 2) return [outcome];
    return still.some(({ uuid }) => uuid === outcome.guest?.uuid) ? [{ ...outcome, status: 3 as const }] : [];
  });
}

async function stampNamed(named: readonly string[], work: Work): Promise<Outcome[]> {
  const { running, uri, ports } = work;
  const words = [...new Set(named)];
  const stopped = words.every((word) => findGuest(word, running)) ? [] : await guestsOf('all', uri, ports);
  return inTurns(words, async (word) => {
    const guest = findGuest(word, running);
    if (guest !== undefined) return stampOne(word, guest, work);
    const known = findGuest(word, stopped);
    const unusable = (result: Outcome['result'], text: string): Outcome => ({
      word,
      guest: known ?? null,
      result,
      status: 2,
      words: { text, more: [] },
    });
    if (known === undefined)
      return unusable('unknown-guest', 'no guest of this name or UUID here; see: virsh list --all');
    return unusable(
      'not-running',
      'does not run, so no driver can be asked about it. To move its definition as it is: mdev-preflight allow --help',
    );
  });
}

async function stampOne(word: string, guest: ListedGuest, { uri, ports }: Work): Promise<Outcome> {
  const stamping = await stampGuest(guest.uuid, ports, false);
  const words = stampingWords(stamping, uri);
  return { word, guest, result: stamping.state, status: statusOf(stamping), words };
}

function statusOf(stamping: Stamping): 0 | 2 | 3 {
  if (stamping.state === 'failed') return stamping.failure.kind === 'no-guest' ? 2 : 3;
  return stamping.state === 'not-stamped' || stamping.state === 'undone' ? 3 : 0;
}

async function inTurns<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

function tell(
  { word, guest, status, words: { text, more } }: Outcome,
  { json, quiet }: Call,
  { terminal }: Context,
): void {
  const name = `guest '${printable(guest?.name ?? word)}'${guest === null ? '' : ` (${guest.uuid})`}`;
  if (status !== 0) {
    terminal.err(`mdev-preflight: ${name}: ${text}\n`);
    for (const line of more) terminal.err(`mdev-preflight: ${name}: ${line}\n`);
  } else if (!json && !quiet) terminal.out([`${name}: ${text}`, ...more.map((line) => `  ${line}`), ''].join('\n'));
}

/** The shape docs/json.md promises. */
export function stampJson(outcomes: readonly Outcome[], tool: Tool, host: string): object {
  const guests = outcomes.map(({ word, guest, result, words }) => ({
    name: guest?.name ?? word,
    uuid: guest?.uuid ?? null,
    result,
    message: words.text,
    details: words.more,
  }));
  return { schema: SCHEMA, tool, host, guests };
}
