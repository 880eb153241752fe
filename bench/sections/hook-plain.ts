// A guest without mdevs arrives. No Node may start for it.
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peer, time } from '../figure.ts';
import { guest } from '../guests.ts';
import { mdevUuid } from '../hosts.ts';
import { measure } from '../measure.ts';
import { asLibvirt, HERE, PATH } from '../place.ts';
import { HOOK, MIGRATE, PYTHON_HOOK, SHELL } from '../programs.ts';
import { missing, type Section } from '../section.ts';

export const hookPlain: Section = {
  name: 'hook-plain',
  missing: missing('python3'),
  async figures(rounds) {
    const input = guest();
    const of = await measure(
      {
        shell: SHELL,
        hook: { argv: [HOOK, ...MIGRATE], input },
        python: { argv: [...PYTHON_HOOK, ...MIGRATE], input },
      },
      { rounds },
    );
    const base = { name: 'dash -c :', wall: of.shell.wall };
    // A proof that could not fail would be none.
    if (!(await startsNode(guest([mdevUuid(1)])))) throw new Error('no Node is seen to start for a guest with an mdev');
    const started = await startsNode(input);
    return [
      time(`migrate begin, plain guest of ${String(input.length)} bytes`, of.hook.wall, base, 2.5),
      { what: 'starts Node for it', value: started ? 'yes' : 'no', target: 'no', met: !started },
      peer('dash -c :', of.shell.wall),
      peer('the same hook in Python', of.python.wall, base),
    ];
  },
};

async function startsNode(input: string): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'node-'));
  const [program, trace] = [join(directory, 'node'), join(directory, 'started')];
  writeFileSync(program, `#!/bin/sh\n: >'${trace}'\n`);
  chmodSync(program, 0o755);
  await HERE.run(asLibvirt([HOOK, ...MIGRATE], `${directory}:${PATH}`), { input });
  return existsSync(trace);
}
