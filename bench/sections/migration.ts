// Live migrations there and back, between two hosts with the hook and between two without any. The pairs take turns; the
// guest of the other one rests meanwhile, for an emulated guest takes a core.
import type { LiveHost } from '../../test/live/rig/host.ts';
import { startRig } from '../../test/live/rig/rig.ts';
import { amount, type Figure, peer, time } from '../figure.ts';
import { smallHost } from '../hosts.ts';
import { median } from '../measure.ts';
import { COMMAND } from '../programs.ts';
import { defineGuest, virsh } from '../rig-host.ts';
import { missingForRig, type Section } from '../section.ts';
import { printed } from '../place.ts';

const GUEST = 'server';
const LOG = '/run/rig/hook-runs';
const COUNTER = `#!/bin/sh\necho "$2 $3" >>${LOG}\n`;

type Pair = readonly [LiveHost, LiveHost];

export const migration: Section = {
  name: 'migration',
  missing: missingForRig(),
  async figures(rounds) {
    const sim = smallHost(1, true);
    const rig = await startRig([
      { name: 'alpha', sim },
      { name: 'beta', sim },
      { name: 'gamma', sim, hook: false },
      { name: 'delta', sim, hook: false },
    ]);
    try {
      const [alpha, beta, gamma, delta] = rig.hosts;
      const pairs = { hook: [alpha, beta], none: [gamma, delta] } as const;
      for (const [home] of Object.values(pairs)) {
        await defineGuest(home, GUEST, 1);
        await virsh(home, 'start', GUEST);
        await virsh(home, 'suspend', GUEST);
      }
      await printed(alpha, [COMMAND, 'stamp', GUEST]);
      // The first of each pair is for warmth.
      await thereAndBack(pairs.hook);
      await thereAndBack(pairs.none);
      const taken: Record<keyof typeof pairs, number[]> = { hook: [], none: [] };
      for (let round = 0; round < rounds / 2; round += 1)
        for (const which of round % 2 === 0 ? (['hook', 'none'] as const) : (['none', 'hook'] as const))
          taken[which].push(...(await thereAndBack(pairs[which])));
      const base = { name: 'without a hook', wall: median(taken.none) };
      return [
        time('virsh migrate --live, one mdev, the hook on both hosts', median(taken.hook), base, 1.08),
        peer('virsh migrate --live without a hook', base.wall),
        amount('of how many with the hook, and as many without', taken.hook.length, 'migrations'),
        ...(await hookRuns(pairs.hook)),
      ];
    } finally {
      await rig.stop();
    }
  },
};

async function thereAndBack([home, away]: Pair): Promise<number[]> {
  await virsh(home, 'resume', GUEST);
  const taken = [await migrate(home, away), await migrate(away, home)];
  await virsh(home, 'suspend', GUEST);
  return taken;
}

/** Milliseconds, as who types it would count them. */
async function migrate(from: LiveHost, to: LiveHost): Promise<number> {
  const begun = performance.now();
  await virsh(from, 'migrate', '--live', GUEST, to.uri);
  return performance.now() - begun;
}

/** What libvirt calls its hooks for, by another hook that writes it down. */
async function hookRuns([home, away]: Pair): Promise<Figure[]> {
  for (const host of [home, away]) host.writeFile('/etc/libvirt/hooks/qemu.d/10-count', COUNTER, 0o755);
  const calls = (host: LiveHost): string[] => {
    const lines = host.readFile(LOG).trim().split('\n');
    host.writeFile(LOG, '');
    return lines.filter((line) => line !== '');
  };
  for (const host of [home, away]) host.writeFile(LOG, '');
  await virsh(home, 'resume', GUEST);
  await migrate(home, away);
  const [source, destination] = [calls(home), calls(away)];
  await migrate(away, home);
  calls(home);
  await virsh(home, 'destroy', GUEST);
  const stop = calls(home);
  await virsh(home, 'start', GUEST);
  return [
    hookRunsOf('a migration, on the source host', source),
    hookRunsOf('a migration, on the destination host', destination),
    hookRunsOf('a start', calls(home)),
    hookRunsOf('a stop', stop),
  ];
}

function hookRunsOf(what: string, calls: readonly string[]): Figure {
  return amount(`hook runs of ${what}: ${calls.join(', ')}`, calls.length, 'runs');
}
