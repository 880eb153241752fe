// From what was heard to the guests that are looked at.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Libvirt } from '../../src/libvirt/port.ts';
import { Keeper, type WakeCause } from '../../src/preflight/keeper.ts';
import { RollCall } from '../../src/preflight/roll-call.ts';
import { MemoryLibvirt } from './memory-libvirt.ts';

const uuidOf = (number: number): string => `22222222-aaaa-4bbb-8ccc-${String(number).padStart(12, '0')}`;

let libvirt: MemoryLibvirt;
let woken: string[];
let stop: AbortController;
let call: RollCall;

class RecordingKeeper extends Keeper {
  override wake(guest: { readonly name: string }, cause: WakeCause): void {
    woken.push(`${guest.name}: ${cause}`);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  libvirt = new MemoryLibvirt();
  for (let number = 0; number < 3; number += 1) libvirt.add(uuidOf(number), `guest ${String(number)}`, '');
  libvirt.add(uuidOf(9), 'off', '').running = false;
  woken = [];
  stop = new AbortController();
  const ports = { stamp: () => Promise.reject(new Error('not asked')), tell: () => undefined };
  call = new RollCall(libvirt, new RecordingKeeper(ports), stop.signal);
});
afterEach(() => {
  stop.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);
const ALL = ['guest 0: round', 'guest 1: round', 'guest 2: round'];

describe('what is heard', () => {
  it('of one guest has that one looked at, and says why', async () => {
    call.one('guest 1', 'metadata');
    await pass(0);
    call.one('guest 2', 'guest');
    await pass(0);
    expect(woken).toEqual(['guest 1: metadata', 'guest 2: guest']);
  });

  it('is served by one list at a time, however much it is', async () => {
    let lists = 0;
    let open = 0;
    let most = 0;
    const slow: Libvirt['guests'] = async (which) => {
      lists += 1;
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      open -= 1;
      return MemoryLibvirt.prototype.guests.call(libvirt, which);
    };
    libvirt.guests = slow;
    for (let i = 0; i < 500; i += 1) call.one(`guest ${String(i % 3)}`, i === 7 ? 'guest' : 'metadata');
    await pass(10_000);
    expect({ lists, most }).toEqual({ lists: 2, most: 1 });
    expect(woken.filter((it) => it.startsWith('guest 1'))).toContain('guest 1: guest');
  });

  it('is not forgotten where libvirt gives no list, and is asked again ever more rarely', async () => {
    libvirt.failures.set('guests', { kind: 'failed', text: 'no' });
    call.one('guest 1', 'guest');
    await pass(100);
    call.everybody();
    await pass(200_000);
    const tries = libvirt.calls.length;
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(20);
    libvirt.failures.clear();
    await pass(31_000);
    expect(woken).toEqual([...ALL, 'guest 1: guest']);
  });

  it('of a guest that is off has nobody looked at', async () => {
    call.one('off', 'metadata');
    await pass(60_000);
    expect(woken).toEqual([]);
  });

  it('of nobody that is known has all looked at, at most every ten seconds', async () => {
    call.one('nobody', 'guest');
    await pass(0);
    expect(woken).toEqual(ALL);
    for (let second = 0; second < 60; second += 1) {
      call.one('nobody', 'guest');
      await pass(1000);
    }
    expect(woken.length / ALL.length).toBeLessThanOrEqual(7);
    expect(woken.length / ALL.length).toBeGreaterThan(4);
  });

  it('is over with the connection', async () => {
    libvirt.failures.set('guests', { kind: 'failed', text: 'no' });
    call.one('guest 1', 'guest');
    await pass(0);
    stop.abort();
    libvirt.failures.clear();
    await pass(60_000);
    expect(woken).toEqual([]);
  });
});
