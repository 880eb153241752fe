// Where commands run: on this machine, or on a host of its own kind (kernel-host.ts; a host of a rig is one, too).
import { execa } from 'execa';
import type { CommandResult } from '../test/live/rig/enter.ts';

export interface Place {
  run(command: readonly string[], options?: { readonly input?: string }): Promise<CommandResult>;
}

export const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** The command, with exactly the environment that libvirt gives its hooks, and in the directory of its daemon. */
export function asLibvirt(command: readonly string[], path = PATH): readonly string[] {
  return ['env', '-i', '-C', '/', `PATH=${path}`, 'HOME=/root', 'LC_ALL=C', ...command];
}

/** A place that a command leads to. */
export function runBehind(prefix: readonly string[]): Place {
  return {
    async run(command, { input = '' } = {}) {
      const [file = '', ...words] = [...prefix, ...command];
      const ended = await execa(file, words, { input, reject: false, stripFinalNewline: false });
      return { status: ended.exitCode ?? null, stdout: ended.stdout, stderr: ended.stderr };
    },
  };
}

export const HERE = runBehind([]);

/** What the command prints; for what must not fail. */
export async function printed(place: Place, command: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await place.run(command, { input });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${String(status)}: ${stderr}`);
  return stdout;
}
