// Before the tests on another Node: puts a script in its place that notes each start, so that a suite which runs the
// programs on some other Node cannot pass for one that ran them on this.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import prepare from '../prepare.ts';

// Everything that starts a Node of its own: the hook, its second process, the command line, and doctor's look at it.
const STARTED = {
  answer: / answer /,
  conclude: / conclude$/,
  'command line': /dist\/mdev-preflight\.cjs(?: |$)/,
  doctor: /^--version$/,
};

export default function prepareNode(): () => void {
  const real = process.env['NODE_UNDER_TEST'];
  if (real === undefined) throw new Error('NODE_UNDER_TEST names no Node; `make node-test` sets it');
  const end = prepare();
  const directory = join(tmpdir(), 'node-under-test');
  const [node, starts] = [join(directory, 'node'), join(directory, 'starts')];
  mkdirSync(directory);
  writeFileSync(starts, '');
  writeFileSync(node, `#!/bin/sh\nprintf '%s\\n' "$*" >>'${starts}'\nexec '${real}' "$@"\n`);
  chmodSync(node, 0o755);
  Object.assign(process.env, {
    NODE_UNDER_TEST: node,
    NODE_UNDER_TEST_STARTS: starts,
    PATH: [directory, process.env['PATH']].join(delimiter),
  });
  return () => {
    const lines = readFileSync(starts, 'utf8').split('\n');
    const counts = Object.entries(STARTED).map(
      ([name, pattern]) => [name, lines.filter((line) => pattern.test(line)).length] as const,
    );
    process.stdout.write(`starts: ${counts.map(([name, count]) => `${name} ${String(count)}`).join(', ')}\n`);
    end();
  };
}
