// A document beyond all that libvirt writes.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limited, peer } from '../figure.ts';
import { ENORMOUS, enormousGuest, stamped } from '../guests.ts';
import { smallHost } from '../hosts.ts';
import { kernelHost } from '../kernel-host.ts';
import { measure } from '../measure.ts';
import { HOOK, MIGRATE } from '../programs.ts';
import { missing, type Section } from '../section.ts';

// It takes long enough to be the same each time.
const MOST_ROUNDS = 15;

export const xml5MiB: Section = {
  name: 'xml-5mib',
  missing: missing('xmllint'),
  async figures(rounds) {
    const host = kernelHost(smallHost(1, true));
    const input = await stamped(host, enormousGuest());
    const file = join(tmpdir(), 'enormous.xml');
    writeFileSync(file, input);
    const of = await measure(
      {
        hook: { argv: [HOOK, ...MIGRATE], input, prints: ENORMOUS },
        xmllint: { argv: ['xmllint', '--noout', file] },
      },
      { rounds: Math.min(rounds, MOST_ROUNDS), on: host },
    );
    return [
      limited('migrate begin, one mdev, 5 MiB', of.hook.wall, 'ms', 1000),
      limited('the most memory of one of its processes', of.hook.memory / 1024, 'MiB', 200),
      peer('xmllint --noout', of.xmllint.wall),
    ];
  },
};
