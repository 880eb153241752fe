// The small change of a fleet: bytes a guest, bytes a journal line, processor time a run.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRig } from '../../test/live/rig/rig.ts';
import { amount, type Figure } from '../figure.ts';
import { guest, stamped } from '../guests.ts';
import { mdevUuid, REFUSED_MDEV, smallHost } from '../hosts.ts';
import { kernelHost } from '../kernel-host.ts';
import { measure } from '../measure.ts';
import { asLibvirt, PATH, type Place } from '../place.ts';
import { COMMAND, HOOK, MIGRATE, NODE, SHELL, STARTED } from '../programs.ts';
import { defineGuest, until, virsh } from '../rig-host.ts';
import { missingForRig, type Section } from '../section.ts';

const GUEST = 'server';

export const unit: Section = {
  name: 'unit',
  missing: missingForRig(),
  async figures(rounds) {
    const source = kernelHost(smallHost(2, false));
    const host = kernelHost(smallHost(2, true));
    const growth = async (xml: string): Promise<number> => bytes(await stamped(source, xml)) - bytes(xml);
    const one = await growth(guest([mdevUuid(1)]));
    const two = await growth(guest([mdevUuid(1), mdevUuid(2)]));
    const [plain, yes, no] = [
      guest(),
      await stamped(source, guest([mdevUuid(1)])),
      await stamped(source, guest([REFUSED_MDEV])),
    ];
    const of = await measure(
      {
        shell: SHELL,
        node: NODE,
        other: { argv: [HOOK, ...STARTED], input: plain },
        plain: { argv: [HOOK, ...MIGRATE], input: plain },
        accepted: { argv: [HOOK, ...MIGRATE], input: yes, prints: 1 },
        refused: { argv: [HOOK, ...MIGRATE], input: no, status: 1 },
      },
      { rounds, on: host },
    );
    return [
      amount('stamp of a guest with one mdev', one, 'bytes'),
      amount('stamp, each further mdev', two - one, 'bytes'),
      amount('journal line of an acceptance', bytes(await journalLine(host, yes)), 'bytes'),
      amount('journal line of a refusal', bytes(await journalLine(host, no)), 'bytes'),
      amount('processor time of a hook run that is none of ours', of.other.cpu, 'ms'),
      amount('processor time of a hook run, plain guest arrives', of.plain.cpu, 'ms'),
      amount('processor time of a hook run, one mdev, accepted', of.accepted.cpu, 'ms'),
      amount('processor time of a hook run, one mdev, refused', of.refused.cpu, 'ms'),
      ...(await stamping(rounds)),
      { ...amount('processor time of dash -c :', of.shell.cpu, 'ms'), peer: true },
      { ...amount('processor time of node -e 0', of.node.cpu, 'ms'), peer: true },
    ];
  },
};

/** By the command line and libvirt's; not what libvirtd takes for it. */
async function stamping(rounds: number): Promise<Figure[]> {
  const rig = await startRig([{ name: 'alpha', sim: smallHost(1, true) }]);
  try {
    const [host] = rig.hosts;
    await defineGuest(host, GUEST, 1);
    await virsh(host, 'start', '--paused', GUEST);
    const { stamp } = await measure({ stamp: { argv: [COMMAND, 'stamp', GUEST], prints: 1 } }, { rounds, on: host });
    return [
      amount('processor time of mdev-preflight stamp, one guest, virsh included', stamp.cpu, 'ms'),
      amount('mdev-preflight stamp, one guest, until it ends', stamp.wall, 'ms'),
    ];
  } finally {
    await rig.stop();
  }
}

/** What `logger` would be given to write. */
async function journalLine(host: Place, input: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'logger-'));
  const [program, told] = [join(directory, 'logger'), join(directory, 'told')];
  writeFileSync(
    program,
    `#!/bin/sh\nfor word; do :; done\nprintf %s "$word" >'${told}.new'\nmv '${told}.new' '${told}'\n`,
  );
  chmodSync(program, 0o755);
  await host.run(asLibvirt([HOOK, ...MIGRATE], `${directory}:${PATH}`), { input });
  // The hook does not wait for it.
  await until('the journal line', () => existsSync(told));
  const line = readFileSync(told, 'utf8');
  rmSync(directory, { recursive: true });
  return line;
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
