// A host with 64 parents, 1024 types and 1024 mdevs beside a small one. Each is a namespace of its own, so they take
// turns: what happens to this machine meanwhile happens to all of them.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amount, type Figure, time } from '../figure.ts';
import { guest, stamped } from '../guests.ts';
import { largeHost, mdevUuid, REFUSED_MDEV, smallHost } from '../hosts.ts';
import { kernelHost } from '../kernel-host.ts';
import { medians, type Run, runs } from '../measure.ts';
import type { Place } from '../place.ts';
import { COMMAND } from '../programs.ts';
import { missing, type Section } from '../section.ts';

const BLOCKS = 6;
/** Parents, each with 16 types and as many mdevs. */
const SIZES = [16, 32, 64] as const;
const MOST_TIMES = 1.5;
const LINEAR = 2.2;

const LISTS = {
  list: { argv: [COMMAND, 'list', '--json'], prints: 1000 },
  types: { argv: ['mdevctl', 'types', '--dumpjson'], prints: 1000 },
  mdevs: { argv: ['mdevctl', 'list', '--dumpjson'], prints: 1000 },
};

export const hostBig: Section = {
  name: 'host-big',
  missing: missing('mdevctl'),
  async figures(rounds) {
    const small = kernelHost(smallHost(1, true));
    const large = Object.fromEntries(SIZES.map((size) => [size, kernelHost(largeHost(size))])) as Record<Size, Place>;
    const [present, elsewhere] = [join(tmpdir(), 'present.xml'), join(tmpdir(), 'elsewhere.xml')];
    writeFileSync(present, await stamped(small, guest([mdevUuid(1)])));
    // Not on the large host, where each parent offers its type.
    writeFileSync(elsewhere, await stamped(kernelHost(smallHost(1, false)), guest([REFUSED_MDEV])));
    const check = { argv: [COMMAND, present], prints: 1 };
    const search = { argv: [COMMAND, elsewhere], status: 1, prints: 1 };

    const turns: Turn[] = [];
    const blocks = Math.min(BLOCKS, rounds);
    for (let block = 0; block < blocks; block += 1) {
      const one = { rounds: Math.ceil(rounds / blocks) };
      turns.push({
        small: (await runs({ check }, { ...one, on: small })).check,
        16: await runs(LISTS, { ...one, on: large[16] }),
        32: await runs(LISTS, { ...one, on: large[32] }),
        64: await runs({ ...LISTS, check, search }, { ...one, on: large[64] }),
      });
    }
    const of = medians({
      small: turns.flatMap((turn) => turn.small),
      check: turns.flatMap((turn) => turn[64].check),
      search: turns.flatMap((turn) => turn[64].search),
    });
    const base = { name: 'the small host', wall: of.small.wall };
    return [
      time('check, one mdev, on a small host', of.small.wall),
      time('check, one mdev, among 1024', of.check.wall, base, MOST_TIMES),
      time('check, one mdev that is not there, 64 parents asked', of.search.wall, base),
      ...listings('list --json', turns, 'list', LINEAR),
      ...listings('mdevctl types --dumpjson', turns, 'types').map(asPeer),
      ...listings('mdevctl list --dumpjson', turns, 'mdevs').map(asPeer),
    ];
  },
};

type Size = (typeof SIZES)[number];
type Lists = Record<keyof typeof LISTS, Run[]>;
interface Turn extends Record<16 | 32, Lists> {
  readonly small: Run[];
  readonly 64: Lists & Record<'check' | 'search', Run[]>;
}

function listings(what: string, turns: readonly Turn[], which: keyof Lists, most?: number): Figure[] {
  const wall = (size: Size): number => medians({ all: turns.flatMap((turn) => turn[size][which]) }).all.wall;
  const [quarter, half, full] = [wall(16), wall(32), wall(64)];
  return [
    time(`${what}, 256 types and mdevs`, quarter),
    time(`${what}, 512 types and mdevs`, half),
    time(`${what}, 1024 types and mdevs`, full, { name: 'that of 512', wall: half }, most),
    amount(`${what}, each further type and mdev`, (full - quarter) / (1024 - 256), 'ms'),
  ];
}

function asPeer(figure: Figure): Figure {
  return { ...figure, peer: true };
}
