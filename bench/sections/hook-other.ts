// A call of the hook that is none of its business, as libvirt makes three for each guest that starts.
import { peer, time } from '../figure.ts';
import { guest } from '../guests.ts';
import { measure } from '../measure.ts';
import { HOOK, PYTHON_HOOK, SHELL, STARTED } from '../programs.ts';
import { missing, type Section } from '../section.ts';

export const hookOther: Section = {
  name: 'hook-other',
  missing: missing('python3'),
  async figures(rounds) {
    const input = guest();
    const of = await measure(
      {
        shell: SHELL,
        hook: { argv: [HOOK, ...STARTED], input },
        python: { argv: [...PYTHON_HOOK, ...STARTED], input },
      },
      { rounds },
    );
    const base = { name: 'dash -c :', wall: of.shell.wall };
    return [
      time('started begin, plain guest', of.hook.wall, base, 1.3),
      peer('dash -c :', of.shell.wall),
      peer('the same hook in Python', of.python.wall, base),
    ];
  },
};
