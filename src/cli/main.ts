// From a command line to an exit status: the one place that turns errors into words.
import { ConfigError } from '../config/config.ts';
import { DEFAULT_CONFIG_FILE } from '../config/load.ts';
import { printable } from '../model/printable.ts';
import { UnusableInput } from '../model/xml.ts';
import { type ErrorCode, errorJson } from '../report/json.ts';
import { allow } from './allow.ts';
import { type Call, parseCommandLine, UsageError } from './arguments.ts';
import { check } from './check.ts';
import { LibvirtError } from './connect.ts';
import type { Context } from './context.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { COMMAND_HELP, MAIN_HELP } from './help.ts';
import { hook } from './hook.ts';
import { list } from './list.ts';
import { stamp } from './stamp.ts';

/** Runs a command line and gives the exit status (docs/reasons.md, README.md). */
export async function main(args: readonly string[], context: Context): Promise<number> {
  let call: Call | undefined;
  try {
    const request = parseCommandLine(args);
    if (request.kind === 'help') {
      context.terminal.out(request.command === null ? MAIN_HELP : COMMAND_HELP[request.command]);
      return 0;
    }
    if (request.kind === 'version') {
      context.terminal.out(`mdev-preflight ${context.tool.version}\n`);
      return 0;
    }
    call = request.call;
    return await runCommand(call, context);
  } catch (error) {
    const [code, message] = words(error, call);
    context.terminal.err(`mdev-preflight: ${printable(message)}\n`);
    if (call?.json ?? args.includes('--json'))
      context.terminal.out(`${JSON.stringify(errorJson(code, printable(message)), null, 2)}\n`);
    return code === 'internal' || code === 'libvirt' ? 3 : 2;
  }
}

function runCommand(call: Call, context: Context): number | Promise<number> {
  switch (call.command) {
    case 'check':
      return check(call, context);
    case 'stamp':
      return stamp(call, context);
    case 'allow':
      return allow(call, context);
    case 'list':
      return list(call, context);
    case 'doctor':
      return doctor(call, context);
    case 'demo':
      return demo(call, context);
    case 'hook':
      return hook(call, context);
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
