// Who is looked at, when, and when again: each guest once at a time, a few guests at once.
import type { ListedGuest } from '../libvirt/port.ts';
import type { Uuid } from '../model/uuid.ts';
import type { Stamping } from './stamping.ts';

export interface KeeperPorts {
  /** Stamps a guest that does not carry this host's facts. Never rejects. */
  readonly stamp: (guest: Uuid) => Promise<Stamping>;
  /** `contested`: something else keeps changing the stamp, and the guest is left alone for a minute. */
  readonly tell: (guest: ListedGuest, stamping: Stamping, contested: boolean) => void;
}

/** `metadata`: somebody changed its metadata; `guest`: something happened to it; `round`: all are looked at. */
export type WakeCause = 'metadata' | 'guest' | 'round';

interface Kept {
  guest: ListedGuest;
  phase: 'queued' | 'looking' | 'resting';
  /** Woken while it was looked at. */
  again: boolean;
  /** How often in a row it could not be stamped. */
  failures: number;
  /** When its metadata was written to, within CONTESTED_WITHIN and since something else happened to it. */
  writes: readonly number[];
  contested: boolean;
  /** What was told last, so that the same failure is told once. */
  told: string;
  timer: ReturnType<typeof setTimeout> | undefined;
}

// Each look is a few processes of 30 to 60 ms.
const AT_ONCE = 4;
const RETRY_FIRST = 1000;
const RETRY_LONGEST = 300_000;
// While a job holds the guest nothing can be changed, and not every job's end is an event.
const RETRY_BUSY = 2000;
// Whoever puts back what we replace wakes us by it, and we would answer for ever.
const CONTESTED_COUNT = 5;
const CONTESTED_WITHIN = 60_000;

export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #guests = new Map<Uuid, Kept>();
  readonly #queue: Kept[] = [];
  #looking = 0;
  #ended = false;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  /** Looks at the guest as soon as there is room; once more where it is being looked at now. */
  wake(guest: ListedGuest, cause: WakeCause): void {
    const kept = this.#guests.get(guest.uuid) ?? newlyKept(guest);
    kept.guest = guest;
    this.#guests.set(guest.uuid, kept);
    // A guest that is started over and over needs its stamp each time.
    if (cause === 'guest') {
      kept.writes = [];
      kept.contested = false;
    }
    if (kept.phase === 'looking') kept.again = true;
    else if (kept.phase === 'resting' && !kept.contested) this.#enqueue(kept);
  }

  /** Looks at all of them, and forgets all others. */
  wakeAll(guests: readonly ListedGuest[]): void {
    const here = new Set(guests.map(({ uuid }) => uuid));
    for (const [uuid, { phase, timer }] of this.#guests) {
      if (here.has(uuid) || phase !== 'resting') continue;
      clearTimeout(timer);
      this.#guests.delete(uuid);
    }
    for (const guest of guests) this.wake(guest, 'round');
  }

  end(): void {
    this.#ended = true;
    for (const { timer } of this.#guests.values()) clearTimeout(timer);
  }

  #enqueue(kept: Kept): void {
    clearTimeout(kept.timer);
    kept.phase = 'queued';
    kept.contested = false;
    this.#queue.push(kept);
    this.#next();
  }

  #next(): void {
    while (!this.#ended && this.#looking < AT_ONCE) {
      const kept = this.#queue.shift();
      if (kept === undefined) return;
      this.#looking += 1;
      kept.again = false;
      void this.#look(kept);
    }
  }

  async #look(kept: Kept): Promise<void> {
    kept.phase = 'looking';
    const stamping = await this.#ports.stamp(kept.guest.uuid);
    this.#looking -= 1;
    if (this.#ended) return;
    kept.phase = 'resting';
    const pause = this.#settle(kept, stamping);
    this.#tell(kept, stamping);
    if (kept.again && !kept.contested) this.#enqueue(kept);
    else if (pause !== null)
      kept.timer = setTimeout(() => {
        this.#enqueue(kept);
      }, pause);
    this.#next();
  }

  // When to look again without being woken, in milliseconds; null: not.
  #settle(kept: Kept, stamping: Stamping): number | null {
    if (stamping.state === 'failed' && stamping.failure.kind === 'no-guest') {
      // Woken again, it may be another run of the same guest.
      if (!kept.again) this.#guests.delete(kept.guest.uuid);
      return null;
    }
    if (stamping.state === 'failed' && stamping.failure.kind === 'busy') return RETRY_BUSY;
    if (hasWritten(stamping)) {
      const now = Date.now();
      kept.writes = [...kept.writes.filter((time) => time > now - CONTESTED_WITHIN), now];
      kept.contested = kept.writes.length >= CONTESTED_COUNT;
      if (kept.contested) return CONTESTED_WITHIN;
    }
    if (isFine(stamping)) {
      kept.failures = 0;
      return null;
    }
    kept.failures += 1;
    return Math.min(RETRY_FIRST * 2 ** (kept.failures - 1), RETRY_LONGEST);
  }

  #tell(kept: Kept, stamping: Stamping): void {
    const { guest, contested, failures } = kept;
    if (!isNews(stamping, failures)) {
      if (isFine(stamping)) kept.told = '';
      return;
    }
    const told = JSON.stringify([contested, stamping]);
    if (stamping.state === 'stamped' || told !== kept.told) this.#ports.tell(guest, stamping, contested);
    kept.told = told;
  }
}

function isFine({ state }: Stamping): boolean {
  return state === 'stamped' || state === 'current' || state === 'no-mdev';
}

// Each write wakes us, and whoever else writes.
function hasWritten(stamping: Stamping): boolean {
  return (
    stamping.state === 'stamped' ||
    stamping.state === 'undone' ||
    (stamping.state === 'not-stamped' && stamping.removed)
  );
}

// That a guest went away needs no word. That libvirt did is told once for all of them, by who watches; where one
// guest alone cannot be asked about it stays so.
function isNews(stamping: Stamping, failures: number): boolean {
  if (stamping.state !== 'failed') return stamping.state !== 'current' && stamping.state !== 'no-mdev';
  const { kind } = stamping.failure;
  return kind === 'failed' || kind === 'busy' || (kind === 'unreachable' && failures > 2);
}

function newlyKept(guest: ListedGuest): Kept {
  return {
    guest,
    phase: 'resting',
    again: false,
    failures: 0,
    writes: [],
    contested: false,
    told: '',
    timer: undefined,
  };
}
