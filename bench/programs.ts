// The programs that are measured, as libvirt and people call them, and what their starts are compared with.
import { join } from 'node:path';
import type { Command } from './measure.ts';

const ROOT = process.cwd();

export const HOOK = join(ROOT, 'hooks/qemu');
export const COMMAND = join(ROOT, 'bin/mdev-preflight');

/** How a hook is called when a guest arrives. */
export const MIGRATE = ['server', 'migrate', 'begin', '-'] as const;

/** One of the calls that are none of its business. */
export const STARTED = ['server', 'started', 'begin', '-'] as const;

/** Hooks as others write them, in Python and in shell. */
export const PYTHON_HOOK = ['/usr/bin/python3', '-S', join(ROOT, 'bench/peers/hook.py')] as const;
export const SHELL_CHECK = join(ROOT, 'bench/peers/check.sh');

/** The least that a shell and Node take. */
export const SHELL = { argv: ['dash', '-c', ':'] } as const satisfies Command;
export const NODE = { argv: ['node', '-e', '0'] } as const satisfies Command;
