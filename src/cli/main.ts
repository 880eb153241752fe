// From a command line to an exit status: the one place that turns errors into words.
import { ConfigError } from '../config/config.ts';
import { DEFAULT_CONFIG_FILE } from '../config/load.ts';
import { printable } from '../model/printable.ts';
import { UnusableInput } from '../model/xml.ts';
import { type ErrorCode, errorJson } from '../report/json.ts';
import { type Call, parseCommandLine, UsageError } from './arguments.ts';
import { LibvirtError } from './connect.ts';
import type { Context, Front } from './context.ts';
import { COMMAND_HELP, MAIN_HELP } from './help.ts';

/**
 * Runs a command line and gives the exit status (docs/reasons.md, README.md). `contextOf`: called where the call is for
 * a command.
 */
export async function main(
  args: readonly string[],
  front: Front,
  contextOf: (front: Front) => Promise<Context>,
): Promise<number> {
  let call: Call | undefined;
  try {
    const request = parseCommandLine(args);
    if (request.kind === 'help') {
      front.terminal.out(request.command === null ? MAIN_HELP : COMMAND_HELP[request.command]);
      return 0;
    }
    if (request.kind === 'version') {
      front.terminal.out(`mdev-preflight ${front.tool.version}\n`);
      return 0;
    }
    call = request.call;
    return await runCommand(call, await contextOf(front));
  } catch (error) {
    const [code, message] = words(error, call);
    front.terminal.err(`mdev-preflight: ${printable(message)}\n`);
    if (call?.json ?? args.includes('--json'))
      front.terminal.out(`${JSON.stringify(errorJson(code, printable(message)), null, 2)}\n`);
    return code === 'internal' || code === 'libvirt' ? 3 : 2;
  }
}

// Each is loaded when it is called: together they take longer to load than Node to start.
async function runCommand(call: Call, context: Context): Promise<number> {
  switch (call.command) {
    case 'check':
      return (await import('./check.ts')).check(call, context);
    case 'stamp':
      return (await import('./stamp.ts')).stamp(call, context);
    case 'allow':
      return (await import('./allow.ts')).allow(call, context);
    case 'list':
      return (await import('./list.ts')).list(call, context);
    case 'doctor':
      return (await import('./doctor.ts')).doctor(call, context);
    case 'demo':
      return (await import('./demo.ts')).demo(call, context);
    case 'hook':
      return (await import('./hook.ts')).hook(call, context);
  }
}

// `internal`: a fault of the program, or of the machine under it; the exit status is that of "could not tell".
function words(error: unknown, call: Call | undefined): [ErrorCode, string] {
  if (error instanceof UsageError)
    return ['usage', `${error.message}; see: mdev-preflight ${call === undefined ? '' : `${call.command} `}--help`];
  if (error instanceof UnusableInput) return ['invalid-input', error.message];
  if (error instanceof ConfigError)
    return ['config', `the configuration cannot be used: ${call?.config ?? DEFAULT_CONFIG_FILE}: ${error.message}`];
  if (error instanceof LibvirtError) return ['libvirt', error.message];
  return ['internal', `it failed before it could tell: ${error instanceof Error ? error.message : String(error)}`];
}
