// Who is looked at, when, and when again.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LibvirtFailure, ListedGuest } from '../../src/libvirt/port.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import { Keeper } from '../../src/preflight/keeper.ts';
import type { Stamping } from '../../src/preflight/stamping.ts';

const guestNumber = (number: number): ListedGuest => ({
  uuid: `22222222-aaaa-4bbb-8ccc-${String(number).padStart(12, '0')}` as Uuid,
  name: `guest ${String(number)}`,
});
const GUEST = guestNumber(0);
const STAMPED: Stamping = {
  state: 'stamped',
  stamp: { host: { name: 'beta', id: null }, stampedAt: '2026-01-02T03:04:05Z', devices: [] },
  exemption: false,
};
const NOT_STAMPED: Stamping = { state: 'not-stamped', problems: ['no answer'], removed: false };
const failed = (kind: LibvirtFailure['kind'], text: string = kind): Stamping => ({
  state: 'failed',
  failure: { kind, text },
});

let looks: Uuid[];
let told: string[];
let answer: (uuid: Uuid) => Stamping | Promise<Stamping>;
let keeper: Keeper;

beforeEach(() => {
  vi.useFakeTimers();
  looks = [];
  told = [];
  answer = () => ({ state: 'current' });
  keeper = new Keeper({
    stamp: async (uuid) => {
      looks.push(uuid);
      return answer(uuid);
    },
    tell: (guest, { state }, contested) => told.push(`${guest.name}: ${state}${contested ? ', contested' : ''}`),
  });
});
afterEach(() => {
  keeper.end();
  vi.useRealTimers();
});

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

describe('a guest', () => {
  it('is looked at at once, and not again until it is woken', async () => {
    keeper.wake(GUEST, 'guest');
    await pass(3_600_000);
    expect(looks).toHaveLength(1);
    keeper.wake(GUEST, 'guest');
    await pass(0);
    expect(looks).toHaveLength(2);
    expect(told).toEqual([]);
  });

  it('woken while it is looked at is looked at once more, however often it was woken', async () => {
    let release = (): void => undefined;
    answer = () =>
      new Promise((resolve) => {
        release = () => {
          resolve(STAMPED);
        };
      });
    keeper.wake(GUEST, 'guest');
    await pass(0);
    for (let i = 0; i < 5; i += 1) keeper.wake(GUEST, 'guest');
    answer = () => ({ state: 'current' });
    release();
    await pass(0);
    expect(looks).toHaveLength(2);
  });

  it('held by a job is tried every two seconds until the job ends, and told once', async () => {
    answer = () => failed('busy');
    keeper.wake(GUEST, 'guest');
    await pass(9_999);
    expect(looks).toHaveLength(5);
    answer = () => STAMPED;
    await pass(2_000);
    expect(looks).toHaveLength(6);
    expect(told).toEqual(['guest 0: failed', 'guest 0: stamped']);
    await pass(3_600_000);
    expect(looks).toHaveLength(6);
  });

  it('that cannot be stamped is tried again, ever more rarely up to five minutes, and told once', async () => {
    answer = () => NOT_STAMPED;
    keeper.wake(GUEST, 'guest');
    const at: number[] = [];
    for (let second = 0; second <= 1200; second += 1) {
      await pass(second === 0 ? 0 : 1000);
      while (at.length < looks.length) at.push(second);
    }
    expect(at).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111]);
    expect(told).toEqual(['guest 0: not-stamped']);
    keeper.wake(GUEST, 'guest');
    await pass(0);
    expect(looks).toHaveLength(13);
  });

  it('tells a failure again when it is another one', async () => {
    answer = () => failed('failed', 'one');
    keeper.wake(GUEST, 'guest');
    await pass(0);
    answer = () => failed('failed', 'other');
    await pass(1000);
    expect(told).toEqual(['guest 0: failed', 'guest 0: failed']);
  });

  it('that went away is forgotten without a word', async () => {
    answer = () => failed('no-guest');
    keeper.wake(GUEST, 'guest');
    await pass(3_600_000);
    expect(looks).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it('whose libvirt is gone is tried again without a word: that is told once for all; where it stays so, it is told', async () => {
    answer = () => failed('unreachable');
    keeper.wake(GUEST, 'guest');
    await pass(1000);
    expect(looks).toHaveLength(2);
    expect(told).toEqual([]);
    await pass(60_000);
    expect(told).toEqual(['guest 0: failed']);
  });

  it('that went away while it was woken is looked at once, and leaves nothing behind', async () => {
    let release = (): void => undefined;
    answer = () =>
      new Promise((resolve) => {
        release = () => {
          resolve(failed('no-guest'));
        };
      });
    keeper.wake(GUEST, 'guest');
    await pass(0);
    keeper.wake(GUEST, 'guest');
    release();
    await pass(0);
    keeper.wake(GUEST, 'guest');
    await pass(0);
    expect(looks).toHaveLength(2);
    answer = () => NOT_STAMPED;
    release();
    await pass(0);
    keeper.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<[string, Stamping]>([
    ['undoes what is written before it can be read back', { state: 'undone' }],
    ['puts back a stamp that is taken away', { ...NOT_STAMPED, removed: true }],
  ])('of which somebody %s is left alone for a minute after the fifth time', async (_, stamping) => {
    answer = () => {
      setTimeout(() => {
        keeper.wake(GUEST, 'metadata');
      }, 5);
      return stamping;
    };
    keeper.wake(GUEST, 'guest');
    await pass(30_000);
    expect(looks).toHaveLength(5);
    expect(told.at(-1)).toMatch(/contested$/);
    // Nor does a round of all guests end it.
    keeper.wakeAll([GUEST]);
    await pass(20_000);
    expect(looks).toHaveLength(5);
  });

  it('whose stamp somebody keeps changing is left alone for a minute after the fifth time', async () => {
    answer = () => STAMPED;
    for (let i = 0; i < 20; i += 1) {
      keeper.wake(GUEST, 'metadata');
      await pass(100);
    }
    expect(looks).toHaveLength(5);
    expect(told.at(-1)).toBe('guest 0: stamped, contested');
    await pass(57_000);
    expect(looks).toHaveLength(5);
    await pass(2_000);
    expect(looks).toHaveLength(6);
  });

  it('started over and over is stamped each time', async () => {
    answer = () => STAMPED;
    for (let i = 0; i < 20; i += 1) {
      keeper.wake(GUEST, 'guest');
      keeper.wake(GUEST, 'metadata');
      await pass(100);
    }
    expect(looks.length).toBeGreaterThanOrEqual(20);
    expect(told.join()).not.toContain('contested');
  });

  it('stamped now and then is not contested', async () => {
    answer = () => STAMPED;
    for (let i = 0; i < 20; i += 1) {
      keeper.wake(GUEST, 'metadata');
      await pass(20_000);
    }
    expect(looks).toHaveLength(20);
  });
});

describe('many guests', () => {
  it('are looked at four at once', async () => {
    const releases: (() => void)[] = [];
    answer = () =>
      new Promise((resolve) => {
        releases.push(() => {
          resolve(STAMPED);
        });
      });
    for (let i = 0; i < 10; i += 1) keeper.wake(guestNumber(i), 'guest');
    await pass(0);
    expect(looks).toHaveLength(4);
    releases.shift()?.();
    await pass(0);
    expect(looks).toHaveLength(5);
    while (releases.length > 0) {
      releases.shift()?.();
      await pass(0);
    }
    expect(new Set(looks).size).toBe(10);
  });

  it('that are gone are not tried any more once all that run are known', async () => {
    answer = () => NOT_STAMPED;
    keeper.wakeAll([guestNumber(0), guestNumber(1)]);
    await pass(0);
    keeper.wakeAll([guestNumber(1)]);
    await pass(0);
    looks = [];
    await pass(600_000);
    expect(new Set(looks)).toEqual(new Set([guestNumber(1).uuid]));
  });

  it('are let be at the end', async () => {
    answer = () => NOT_STAMPED;
    keeper.wakeAll([guestNumber(0), guestNumber(1)]);
    await pass(0);
    keeper.end();
    await pass(3_600_000);
    expect(looks).toHaveLength(2);
  });
});
