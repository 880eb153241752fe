// The command line on a small host.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peer, time } from '../figure.ts';
import { guest, stamped } from '../guests.ts';
import { mdevUuid, smallHost } from '../hosts.ts';
import { kernelHost } from '../kernel-host.ts';
import { measure } from '../measure.ts';
import { COMMAND, NODE } from '../programs.ts';
import { missing, type Section } from '../section.ts';

export const cli: Section = {
  name: 'cli',
  missing: missing('mdevctl', 'virsh'),
  async figures(rounds) {
    const host = kernelHost(smallHost(1, true));
    const file = join(tmpdir(), 'guest.xml');
    writeFileSync(file, await stamped(host, guest([mdevUuid(1)])));
    const of = await measure(
      {
        node: NODE,
        version: { argv: [COMMAND, '--version'], prints: 1 },
        check: { argv: [COMMAND, file], prints: 1 },
        list: { argv: [COMMAND, 'list'], prints: 1 },
        mdevctl: { argv: ['mdevctl', '--version'], prints: 1 },
        virsh: { argv: ['virsh', '--version'], prints: 1 },
      },
      { rounds, on: host },
    );
    const base = { name: 'node -e 0', wall: of.node.wall };
    return [
      time('mdev-preflight --version', of.version.wall, base, 1.3),
      time('mdev-preflight check, one mdev', of.check.wall, base),
      time('mdev-preflight list', of.list.wall, base),
      peer('node -e 0', of.node.wall),
      peer('mdevctl --version', of.mdevctl.wall, base),
      peer('virsh --version', of.virsh.wall, base),
    ];
  },
};
