// Runs bin/mdev-preflight as a user does.
import { execa } from 'execa';
import { join } from 'node:path';

const PROGRAM = join(process.cwd(), 'bin/mdev-preflight');

export interface CliResult {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCli(args: readonly string[], input: string | Uint8Array = ''): Promise<CliResult> {
  const { exitCode, stdout, stderr } = await execa(PROGRAM, args, {
    input,
    reject: false,
    stripFinalNewline: false,
  });
  return { status: exitCode, stdout, stderr };
}
