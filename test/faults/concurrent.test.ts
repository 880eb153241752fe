// Many guests that come at once to one host whose driver takes its time and answers one at a time: each gets its own
// answer, its own document, its own words, and those for which there is no time are refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedAttribute, SimulatedHost } from '../../src/simulation/description.ts';
import { guestXml } from '../../src/simulation/examples.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { stampOn } from '../preflight/exchange.ts';
import { callHook, type HookResult } from '../hook/call.ts';
import { type KeptHost, keptHost } from '../hook/on-host.ts';

const STAMP = /<mdev-preflight:stamp[^]*<\/mdev-preflight:stamp>/;
const PARENTS = ['0000:00:02.0', '0000:00:03.0'];
const GUESTS = 50;
const DELAY = 100;
// Each takes a start of Node.
const BETWEEN = 60;

/** What a guest wants, by its number: most share two type nodes, some have a device node of their own; half of each fit. */
function wish(number: number) {
  const fits = number % 2 === 0;
  return {
    number,
    fits,
    name: `guest-${String(number)}`,
    uuid: `83b8f4f2-509f-382f-3c1e-0000000000${String(number).padStart(2, '0')}`,
    parent: PARENTS[number % 4 < 2 ? 0 : 1] ?? '',
    ownNode: number % 5 === 0,
    // None is a part of another, and each is of one guest alone.
    version: `8086-591d-acme-${String((fits ? 1000 : 2000) + number)}`.padEnd(30, 'x'),
  };
}
type Wish = ReturnType<typeof wish>;

// Says of each version it refuses that it does, as i915 would.
function attribute(read: string, delay: number): SimulatedAttribute {
  return { read: `${read}\n`, rule: { kind: 'i915' }, delay };
}

const wishes = Array.from({ length: GUESTS }, (_, number) => wish(number));
const FITTING = '8086-591d-acme-00000001';

function host(name: string, only: readonly Wish[], delay: number, version: (it: Wish | null) => string): SimulatedHost {
  const type = { deviceApi: 'vfio-pci', availableInstances: 9, migrationVersion: attribute(version(null), delay) };
  return {
    name,
    parents: Object.fromEntries(PARENTS.map((parent) => [parent, { driver: 'i915', types: { acme: type } }])),
    mdevs: Object.fromEntries(
      only.map((it) => [
        it.uuid,
        { parent: it.parent, type: 'acme', ...(it.ownNode ? { migrationVersion: attribute(version(it), delay) } : {}) },
      ]),
    ),
  };
}

/** What the guest's source says: the destination's very version where it fits, and one of its own where it does not. */
const offered = (it: Wish): string => (it.fits ? FITTING : it.version);
const stamped = (it: Wish): string =>
  stampOn(
    host(`source-of-${it.name}`, [it], 0, () => offered(it)),
    guestXml(it.name, [it.uuid]),
  );

describe.skipIf(!CAN_MOUNT)('many guests and a driver that takes its time (needs root and /dev/fuse)', () => {
  let mounted: MountedHost;
  beforeAll(async () => {
    mounted = await mountHost(host('beta', wishes, DELAY, () => FITTING));
  });
  afterAll(() => mounted.unmount());

  async function all(them: readonly Wish[], between: number, kept: KeptHost): Promise<(readonly [Wish, HookResult])[]> {
    const results = await Promise.all(
      them.map(async (it, index) => {
        await new Promise((done) => setTimeout(done, index * between));
        const words = [it.name, 'migrate', 'begin', '-'];
        return [it, await callHook(words, { xml: stamped(it), wrapper: kept.enter, logged: 1 })] as const;
      }),
    );
    kept.leave();
    return results;
  }

  function expectOwn([it, { status, stdout, stderr, journal }]: readonly [Wish, HookResult]): void {
    const others = wishes.filter(({ number }) => number !== it.number);
    const told = `${stdout}${stderr}${journal.join()}`;
    for (const other of others) {
      expect(told).not.toContain(other.uuid);
      expect(told).not.toContain(`'${other.name}'`);
      if (!other.fits) expect(told).not.toContain(other.version);
    }
    expect({ name: it.name, status }).toEqual({ name: it.name, status: it.fits ? 0 : 1 });
    expect(journal).toHaveLength(1);
    expect(journal[0]).toContain(`guest '${it.name}'`);
    if (it.fits) {
      expect(stderr).toBe('');
      expect(stdout.replace(STAMP, '')).toBe(stamped(it).replace(STAMP, ''));
      expect(stdout).toMatch(STAMP);
      expect(stdout).not.toContain(`source-of-${it.name}`);
    } else {
      expect(stdout).toBe('');
      expect(stderr).toContain('version-rejected');
      expect(stderr).toContain(it.version);
      // The driver's words on this very version, from the parent that was asked.
      const words = stderr.split('\n').filter((line) => line.includes('kernel log, possibly related'));
      expect(words).toHaveLength(1);
      expect(words[0]).toContain(`i915 ${it.parent}: gvt: Migration version mismatched`);
      expect(words[0]).toContain(it.version);
    }
  }

  test('each of 50 is answered by itself, where there is time for all', { timeout: 60_000 }, async () => {
    mounted.seen();
    const results = await all(wishes, BETWEEN, await keptHost(mounted, 'deadline_seconds = 30\n'));
    for (const result of results) expectOwn(result);
    // They did wait for each other.
    expect(Math.max(...results.map(([, { milliseconds }]) => milliseconds))).toBeGreaterThan(10 * DELAY);
    // Each version was offered once, to the node of its own guest.
    const writes = mounted.seen().filter(({ operation }) => operation === 'write');
    expect(writes).toHaveLength(GUESTS);
    for (const it of wishes.filter(({ fits }) => !fits)) {
      const own = writes.filter(({ data }) => data?.startsWith(it.version));
      expect(own.map(({ path }) => path.includes(it.ownNode ? it.uuid : 'mdev_supported_types'))).toEqual([true]);
      expect(own[0]?.path).toContain(it.parent);
    }
  });

  test(
    'those that wait too long are refused in time, and no other’s answer is taken for theirs',
    { timeout: 60_000 },
    async () => {
      // Sixteen at a time, each of which has the driver for a quarter of a second: it is busy for four, and they have two.
      const some = wishes.slice(0, 16);
      mounted.change(host('beta', wishes, 250, () => FITTING));
      const results = await all(some, BETWEEN, await keptHost(mounted, 'deadline_seconds = 2\n'));
      const late = results.filter(([, { stderr }]) => stderr.includes('deadline-exceeded'));
      for (const [it, { status, stdout, milliseconds }] of late) {
        expect({ name: it.name, status, stdout }).toEqual({ name: it.name, status: 3, stdout: '' });
        expect(milliseconds).toBeGreaterThan(1000);
      }
      const answered = results.filter((result) => !late.includes(result));
      for (const result of answered) expectOwn(result);
      expect(late.length).toBeGreaterThan(0);
      expect(answered.length).toBeGreaterThan(0);
    },
  );
});
