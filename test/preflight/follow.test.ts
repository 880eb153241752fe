// Following libvirt: whom an event concerns, and what happens when the connection is lost.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { follow } from '../../src/preflight/follow.ts';
import { MemoryLibvirt } from './memory-libvirt.ts';

const A = '22222222-aaaa-4bbb-8ccc-00000000000a';
const B = '22222222-aaaa-4bbb-8ccc-00000000000b';

let libvirt: MemoryLibvirt;
let looks: string[];
let told: string[];
let stop: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  libvirt = new MemoryLibvirt();
  libvirt.add(A, 'a', '');
  libvirt.add(B, "b': Started", '');
  looks = [];
  told = [];
  stop = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
});

function begin(): ReturnType<typeof follow> {
  return follow(
    {
      libvirt,
      stamp: (uuid) => {
        looks.push(uuid);
        return Promise.resolve({ state: 'current' });
      },
      tell: ({ kind }) => told.push(kind),
    },
    stop.signal,
  );
}

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

/** Who is looked at because of it. */
async function after(kind: string, name: string | null, detail: string): Promise<string[]> {
  looks = [];
  libvirt.happen({ kind, name, detail });
  await pass(0);
  return looks;
}

describe('following', () => {
  beforeEach(async () => {
    void begin();
    await pass(1000);
  });
  afterEach(() => {
    stop.abort();
    libvirt.loseConnection();
  });

  it('looks at all guests at first, and once more for what happened before events were heard', () => {
    expect(looks.sort()).toEqual([A, A, B, B]);
    expect(told).toEqual(['connected']);
  });

  it.each([
    ['lifecycle', 'Started Booted'],
    ['lifecycle', 'Started Migrated'],
    ['lifecycle', 'Started Restored'],
    ['lifecycle', 'Started Snapshot'],
    ['lifecycle', 'Resumed Migrated'],
    ['lifecycle', 'Resumed Unpaused'],
    ['lifecycle', 'Suspended Restored'],
    ['device-added', 'hostdev0'],
    ['device-removed', 'hostdev0'],
    ['metadata-change', `type element, uri ${STAMP_NAMESPACE}`],
    ['metadata-change', 'type element, uri urn:mdev-preflight:exemption:1'],
    ['job-completed', ''],
  ])('looks at the guest after %s: %s', async (kind, detail) => {
    expect(await after(kind, 'a', detail)).toEqual([A]);
  });

  it.each([
    ['lifecycle', 'Stopped Destroyed'],
    ['lifecycle', 'Undefined Removed'],
    ['lifecycle', 'Defined Added'],
    ['metadata-change', 'type element, uri urn:other'],
    ['metadata-change', 'type description, uri '],
    ['balloon-change', '65536KiB'],
    ['rtc-change', '0'],
    ['migration-iteration', 'iteration: 1'],
  ])('looks at nobody after %s: %s', async (kind, detail) => {
    expect(await after(kind, 'a', detail)).toEqual([]);
  });

  it('takes a name with quotes and colons as it is', async () => {
    expect(await after('lifecycle', "b': Started", 'Started Booted')).toEqual([B]);
  });

  it('looks at all where the name was misread, or not read', async () => {
    expect((await after('lifecycle', 'nobody', 'Started Booted')).sort()).toEqual([A, B]);
    expect((await after('lifecycle', null, '')).sort()).toEqual([A, B]);
  });

  it('looks at all every five minutes', async () => {
    looks = [];
    await pass(600_000);
    expect(looks).toHaveLength(4);
  });

  it('connects again after an outage, told once, and looks at all', async () => {
    libvirt.failures.set('watch', { kind: 'unreachable', text: 'no socket' });
    libvirt.loseConnection();
    looks = [];
    await pass(20_000);
    expect(told).toEqual(['connected', 'lost', 'lost']);
    const tries = libvirt.watches;
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(9);
    await pass(300_000);
    expect(libvirt.watches - tries).toBeLessThan(12);
    expect(looks).toEqual([]);
    libvirt.failures.delete('watch');
    await pass(31_000);
    expect(told).toEqual(['connected', 'lost', 'lost', 'connected']);
    expect(looks.sort()).toEqual([A, A, B, B]);
  });

  it('is back a quarter of a second after a restart of the daemon', async () => {
    await pass(60_000);
    looks = [];
    libvirt.loseConnection();
    await pass(250);
    expect(looks.sort()).toEqual([A, B]);
  });
});

describe('it ends', () => {
  it('when it is told to, also in an outage', async () => {
    libvirt.failures.set('watch', { kind: 'unreachable', text: 'no socket' });
    const ended = begin();
    await pass(5000);
    stop.abort();
    expect(await ended).toBe(null);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('and looks at nobody any more', async () => {
    const ended = begin();
    await pass(1000);
    stop.abort();
    libvirt.loseConnection();
    expect(await ended).toBe(null);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['no-virsh', 'elsewhere'] as const)('with the failure where no waiting mends it: %s', async (kind) => {
    libvirt.failures.set('watch', { kind, text: '' });
    expect(await begin()).toMatchObject({ kind });
  });
});
