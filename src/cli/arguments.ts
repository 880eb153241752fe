// The command line: which command, which options, which words.
import { parseArgs } from 'node:util';

/** The call is wrong: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const COMMANDS = ['check', 'stamp', 'allow', 'list', 'doctor', 'demo', 'hook'] as const;
export type CommandName = (typeof COMMANDS)[number];

export const OPTIONS = {
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  xml: { type: 'string' },
  all: { type: 'boolean' },
  follow: { type: 'boolean' },
  connect: { type: 'string' },
  for: { type: 'string' },
  reason: { type: 'string' },
  'sysfs-root': { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

type OptionName = keyof typeof OPTIONS;

// NAME OPERATION SUB-OPERATION EXTRA
const HOOK_WORDS = 4;

/** What each command takes, beside --help and --version. */
export const TAKES: Readonly<Record<CommandName, readonly OptionName[]>> = {
  check: ['json', 'quiet', 'sysfs-root', 'config'],
  stamp: ['xml', 'all', 'follow', 'connect', 'json', 'quiet', 'sysfs-root', 'config'],
  allow: ['for', 'reason', 'connect', 'sysfs-root', 'config'],
  list: ['json', 'sysfs-root', 'config'],
  doctor: ['connect', 'json', 'quiet', 'sysfs-root', 'config'],
  demo: [],
  hook: ['sysfs-root', 'config'],
};

export interface Call {
  readonly command: CommandName;
  readonly words: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly all: boolean;
  readonly follow: boolean;
  readonly xml: string | undefined;
  readonly connect: string | undefined;
  readonly for: string | undefined;
  readonly reason: string | undefined;
  readonly sysfsRoot: string | undefined;
  readonly config: string | undefined;
}

export type Request =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'help'; readonly command: CommandName | null }
  | { readonly kind: 'version' };

/** Throws UsageError. Options may stand before or behind the command; a first word that is no command is a FILE to check. */
export function parseCommandLine(args: readonly string[]): Request {
  const { options, guestWords } = splitHook(args);
  const { values, positionals } = parse(options);
  const first = positionals[0];
  const named = COMMANDS.find((name) => name === first);
  if (values.help === true) return { kind: 'help', command: named ?? null };
  if (values.version === true) return { kind: 'version' };
  if (first === undefined)
    throw new UsageError('what is to be checked? Give a FILE with domain XML, or - for standard input');
  const command = named ?? 'check';
  const words = [...positionals.slice(named === undefined ? 0 : 1), ...guestWords];
  for (const name of Object.keys(values)) {
    if (!(TAKES[command] as readonly string[]).includes(name))
      throw new UsageError(`${command} takes no option --${name}`);
  }
  const { json = false, quiet = false, all = false, follow = false, xml, connect, reason, config } = values;
  const call = { command, words, json, quiet, all, follow, xml, connect, for: values.for, reason, config };
  return { kind: 'call', call: { ...call, sysfsRoot: values['sysfs-root'] } };
}

// A guest may be named `-x`: the last four words of a call of `hook` are no options, whatever they look like.
function splitHook(args: readonly string[]): { options: readonly string[]; guestWords: readonly string[] } {
  const split = args.length - HOOK_WORDS;
  const options = args.slice(0, Math.max(split, 0));
  if (!options.includes('hook') || parse(options).positionals[0] !== 'hook') return { options: args, guestWords: [] };
  return { options, guestWords: args.slice(split) };
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's advice on words that begin with a dash spans several sentences; the first says what is wrong.
    const problem = error.message.split(/\. |\n/)[0]?.replace(/\.$/, '') ?? error.message;
    const unknown = 'code' in error && error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    throw new UsageError(unknown ? `${problem}; a guest or file of that name goes behind --` : problem);
  }
}
