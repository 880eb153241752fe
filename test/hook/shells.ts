// The shells that are /bin/sh somewhere.
import { existsSync } from 'node:fs';

const ALL = [
  { name: 'dash', words: ['/usr/bin/dash'] },
  { name: 'bash as sh', words: ['/usr/bin/bash', '--posix'] },
  { name: 'busybox sh', words: ['/usr/bin/busybox', 'sh'] },
] as const;

export const SHELLS = ALL.map((shell) => ({ ...shell, missing: !existsSync(shell.words[0]) }));
