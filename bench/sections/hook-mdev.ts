// A guest with one mdev arrives, and is accepted or refused.
import { execaSync } from 'execa';
import { peer, time } from '../figure.ts';
import { guest, stamped } from '../guests.ts';
import { mdevUuid, REFUSED_MDEV, smallHost } from '../hosts.ts';
import { kernelHost } from '../kernel-host.ts';
import { type Command, measure } from '../measure.ts';
import { HOOK, MIGRATE, NODE, PYTHON_HOOK, SHELL_CHECK } from '../programs.ts';
import { missing, type Section } from '../section.ts';

// A refusal reads them all (src/sysfs/kernel-log.ts).
function kernelLogRecords(): number {
  return execaSync('dmesg', [], { reject: false }).stdout.split('\n').length;
}

// What they end with: not 1, which a traceback has, too.
const PEER_REFUSES = 3;

export const hookMdev: Section = {
  name: 'hook-mdev',
  missing: missing('python3'),
  async figures(rounds) {
    const source = kernelHost(smallHost(1, false));
    const yes = await stamped(source, guest([mdevUuid(1)]));
    const no = await stamped(source, guest([REFUSED_MDEV]));
    const check = (argv: readonly string[], input: string, status: number): Command => ({ argv, input, status });
    const of = await measure(
      {
        node: NODE,
        // The document comes back.
        accepted: { argv: [HOOK, ...MIGRATE], input: yes, prints: guest([mdevUuid(1)]).length },
        refused: check([HOOK, ...MIGRATE], no, 1),
        pythonAccepts: check([...PYTHON_HOOK, ...MIGRATE], yes, 0),
        pythonRefuses: check([...PYTHON_HOOK, ...MIGRATE], no, PEER_REFUSES),
        shellAccepts: check([SHELL_CHECK], yes, 0),
        shellRefuses: check([SHELL_CHECK], no, PEER_REFUSES),
      },
      { rounds, on: kernelHost(smallHost(1, true)) },
    );
    const base = { name: 'node -e 0', wall: of.node.wall };
    return [
      time(`migrate begin, one mdev, ${String(yes.length)} bytes, accepted`, of.accepted.wall, base, 1.35),
      time(
        `migrate begin, one mdev, refused, ${String(kernelLogRecords())} records of kernel log`,
        of.refused.wall,
        base,
        1.35,
      ),
      peer('node -e 0', of.node.wall),
      peer('the bare question in Python, accepted', of.pythonAccepts.wall, base),
      peer('the bare question in Python, refused', of.pythonRefuses.wall, base),
      peer('the bare question in shell and sed, accepted', of.shellAccepts.wall, base),
      peer('the bare question in shell and sed, refused', of.shellRefuses.wall, base),
    ];
  },
};
