// The command line: which command, which options, which words.
import { parseArgs } from 'node:util';

/** The call is wrong: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const COMMANDS = ['check', 'stamp', 'list', 'demo', 'hook'] as const;
export type CommandName = (typeof COMMANDS)[number];

const OPTIONS = {
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  xml: { type: 'string' },
  'sysfs-root': { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

type OptionName = keyof typeof OPTIONS;

const TAKES: Readonly<Record<CommandName, readonly OptionName[]>> = {
  check: ['json', 'quiet', 'sysfs-root', 'config'],
  stamp: ['xml', 'sysfs-root', 'config'],
  list: ['json', 'sysfs-root', 'config'],
  demo: [],
  hook: ['sysfs-root', 'config'],
};

export interface Call {
  readonly command: CommandName;
  readonly words: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly xml: string | undefined;
  readonly sysfsRoot: string | undefined;
  readonly config: string | undefined;
}

export type Request =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'help'; readonly command: CommandName | null }
  | { readonly kind: 'version' };

/** Throws UsageError. Options may stand before or behind the command; a first word that is no command is a FILE to check. */
export function parseCommandLine(args: readonly string[]): Request {
  // A guest may be named `-x`: behind `hook`, nothing is an option.
  const hook = hookAt(args);
  const { values, positionals } = parse(hook === null ? args : args.slice(0, hook + 1));
  const first = positionals[0];
  const named = COMMANDS.find((name) => name === first);
  if (values.help === true) return { kind: 'help', command: named ?? null };
  if (values.version === true) return { kind: 'version' };
  if (first === undefined)
    throw new UsageError('what is to be checked? Give a FILE with domain XML, or - for standard input');
  const command = named ?? 'check';
  const words = hook === null ? positionals.slice(named === undefined ? 0 : 1) : args.slice(hook + 1);
  for (const name of Object.keys(values)) {
    if (!(TAKES[command] as readonly string[]).includes(name))
      throw new UsageError(`${command} takes no option --${name}`);
  }
  const call = { command, words, json: values.json ?? false, quiet: values.quiet ?? false };
  return { kind: 'call', call: { ...call, xml: values.xml, sysfsRoot: values['sysfs-root'], config: values.config } };
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's advice on positionals that begin with a dash spans several sentences; the first says what is wrong.
    throw new UsageError(error.message.split(/\. |\n/)[0]?.replace(/\.$/, '') ?? error.message);
  }
}

function hookAt(args: readonly string[]): number | null {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    // One word behind it is no call of a hook: `hook --help`.
    if (word === 'hook') return args.length === at + 2 ? null : at;
    if (word === '--') return null;
    if (!word.startsWith('-') || word === '-') return null;
    if (['--config', '--sysfs-root', '--xml'].includes(word)) at += 1;
  }
  return null;
}
