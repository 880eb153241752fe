// The shells that are /bin/sh somewhere.
import { existsSync } from 'node:fs';
import { STARTS } from '../node/under-test.ts';

const ALL = [
  { name: 'dash', words: ['/usr/bin/dash'] },
  { name: 'bash as sh', words: ['/usr/bin/bash', '--posix'] },
  { name: 'busybox sh', words: ['/usr/bin/busybox', 'sh'] },
] as const;

const KNOWN = ALL.map((shell) => ({ ...shell, missing: !existsSync(shell.words[0]) }));

// On another Node than the tests' one, it is the Node that matters; and a mutation of the script meets one shell first.
const ONE = STARTS !== null || process.env['SHELLS'] === 'one';

/** All that are here; or one of them. */
export const SHELLS = ONE ? KNOWN.filter(({ missing }) => !missing).slice(0, 1) : KNOWN;
