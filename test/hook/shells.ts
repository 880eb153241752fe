// The shells that are /bin/sh somewhere.
import { existsSync } from 'node:fs';
import { STARTS } from '../node/under-test.ts';

const ALL = [
  { name: 'dash', words: ['/usr/bin/dash'] },
  { name: 'bash as sh', words: ['/usr/bin/bash', '--posix'] },
  { name: 'busybox sh', words: ['/usr/bin/busybox', 'sh'] },
] as const;

const KNOWN = ALL.map((shell) => ({ ...shell, missing: !existsSync(shell.words[0]) }));

/** All of them; on another Node than the tests' one, for it is the Node that matters there. */
export const SHELLS = STARTS === null ? KNOWN : KNOWN.filter(({ missing }) => !missing).slice(0, 1);
