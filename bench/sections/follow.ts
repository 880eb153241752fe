// `stamp --all --follow`: from a guest's start to its stamp, and what the service takes, then and while nothing happens.
import type { RunningCommand } from '../../test/live/rig/enter.ts';
import type { LiveHost } from '../../test/live/rig/host.ts';
import { startRig } from '../../test/live/rig/rig.ts';
import { amount, type Figure, limited } from '../figure.ts';
import { numbers, smallHost } from '../hosts.ts';
import { median } from '../measure.ts';
import { COMMAND } from '../programs.ts';
import { defineGuest, memoryOf, pause, processorOf, serviceOn, until, virsh } from '../rig-host.ts';
import { missingForRig, type Section } from '../section.ts';

const GUESTS = 10;
const MOST_STARTS = 20;
const MOST_IDLE_SECONDS = 60;
const SETTLED = 500;
const SOON = 1000;
const IDLE_PERCENT = 0.1;

export const follow: Section = {
  name: 'follow',
  missing: missingForRig(),
  async figures(rounds) {
    const rig = await startRig([{ name: 'alpha', sim: smallHost(GUESTS, true) }]);
    try {
      const [host] = rig.hosts;
      const service = host.spawn([COMMAND, 'stamp', '--all', '--follow']);
      await service.line(/following the guests/);
      for (const index of numbers(GUESTS)) await defineGuest(host, nameOf(index), index + 1);
      const pids = await serviceOn(host);
      const seconds = Math.min(rounds, MOST_IDLE_SECONDS);
      const started = await starts(host, pids, Math.min(rounds, MOST_STARTS));
      await startPaused(host, service, [0]);
      const one = await idle(host, pids, '1 guest', seconds);
      await startPaused(host, service, numbers(GUESTS).slice(1));
      const all = await idle(host, pids, `${String(GUESTS)} guests`, seconds);
      return [...started, ...one, ...all, await look(host, pids)];
    } finally {
      await rig.stop();
    }
  },
};

/** By the clock of libvirt's own events: the guest has booted, its stamp is set. */
async function starts(host: LiveHost, pids: readonly string[], count: number): Promise<Figure[]> {
  const events = host.spawn(['virsh', '-c', 'qemu:///system', 'event', '--all', '--loop', '--timestamp']);
  await pause(500);
  const before = await processorOf(host, pids);
  const milliseconds: number[] = [];
  while (milliseconds.length < count) milliseconds.push(await startToStamp(host, events));
  const processor = (await processorOf(host, pids)) - before;
  events.kill();
  await events.exited;
  return [
    limited('from a guest’s start to its stamp', median(milliseconds), 'ms', SOON),
    amount('the slowest', Math.max(...milliseconds), 'ms'),
    amount('processor time of a start with its stop', processor / count, 'ms'),
  ];
}

async function startToStamp(host: LiveHost, events: RunningCommand): Promise<number> {
  const seen = events.lines.length;
  const when = (pattern: RegExp): number | undefined => {
    const line = events.lines.slice(seen).find((text) => pattern.test(text));
    return line === undefined ? undefined : Date.parse(line.slice(0, 28));
  };
  await virsh(host, 'start', nameOf(0));
  await until('the stamp of a started guest', () => when(/'metadata-change'/) !== undefined);
  const taken = (when(/'metadata-change'/) ?? NaN) - (when(/Started Booted/) ?? NaN);
  // A look that began before this start would be done too soon for the next one.
  await pause(SETTLED);
  await virsh(host, 'destroy', nameOf(0));
  await pause(SETTLED);
  return taken;
}

/** A paused guest takes no processor of the machine, and is followed like others. */
async function startPaused(host: LiveHost, service: RunningCommand, indexes: readonly number[]): Promise<void> {
  const stamps = (): number => service.lines.filter((line) => line.includes(': stamped')).length;
  const before = stamps();
  for (const index of indexes) await virsh(host, 'start', '--paused', nameOf(index));
  await until('the stamp of a paused guest', () => stamps() === before + indexes.length);
  await pause(3000);
}

/** What each guest takes in the round that comes every five minutes. */
async function look(host: LiveHost, pids: readonly string[]): Promise<Figure> {
  const before = await processorOf(host, pids);
  for (const index of numbers(GUESTS)) {
    // Either is a reason to look.
    for (const change of ['resume', 'suspend']) {
      await virsh(host, change, nameOf(index));
      await pause(SETTLED);
    }
  }
  const taken = (await processorOf(host, pids)) - before;
  return amount('processor time of a look at a guest that needs nothing', taken / (2 * GUESTS), 'ms');
}

async function idle(host: LiveHost, pids: readonly string[], guests: string, seconds: number): Promise<Figure[]> {
  const before = await processorOf(host, pids);
  await pause(seconds * 1000);
  const percent = ((await processorOf(host, pids)) - before) / (seconds * 10);
  const { rss, pss } = await memoryOf(host, pids);
  return [
    limited(`processor, idle for ${String(seconds)} s, ${guests}`, percent, '%', IDLE_PERCENT),
    amount(`memory of both processes, resident, ${guests}`, rss, 'MiB'),
    amount(`memory of both processes, proportional, ${guests}`, pss, 'MiB'),
  ];
}

function nameOf(index: number): string {
  return `guest-${String(index)}`;
}
