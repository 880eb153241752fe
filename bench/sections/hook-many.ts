// What each further mdev of a guest adds.
import { limited, time } from '../figure.ts';
import { guest, stamped } from '../guests.ts';
import { mdevUuid, numbers, smallHost } from '../hosts.ts';
import { kernelHost } from '../kernel-host.ts';
import { type Command, measure } from '../measure.ts';
import { HOOK, MIGRATE } from '../programs.ts';
import { missing, type Section } from '../section.ts';

const COUNTS = ['1', '2', '4', '8', '16', '32', '64'] as const;

export const hookMany: Section = {
  name: 'hook-many',
  missing: missing(),
  async figures(rounds) {
    const host = kernelHost(smallHost(64, true));
    const arrival = async (count: number): Promise<Command> => {
      const plain = guest(numbers(count).map((index) => mdevUuid(index + 1)));
      // The document comes back.
      return { argv: [HOOK, ...MIGRATE], input: await stamped(host, plain), prints: plain.length };
    };
    const commands = await Promise.all(COUNTS.map(async (count) => [count, await arrival(Number(count))] as const));
    const named = Object.fromEntries(commands) as Record<(typeof COUNTS)[number], Command>;
    const of = await measure(named, { rounds, on: host });
    const each = (of['64'].wall - of['1'].wall) / 63;
    return [
      ...COUNTS.map((count) => time(`migrate begin, ${count} mdev${count === '1' ? '' : 's'}`, of[count].wall)),
      limited('each further mdev', each, 'ms', 0.3),
    ];
  },
};
