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

interface Kept {
  readonly guest: ListedGuest;
  phase: 'queued' | 'looking' | 'resting';
  /** Woken while it was looked at. */
  again: boolean;
  /** How often in a row it could not be stamped. */
  failures: number;
  /** When it was stamped because its metadata was changed, within CONTESTED_WITHIN. */
  stampings: readonly number[];
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
  wake(guest: ListedGuest, cause: 'metadata' | 'guest'): void {
    const kept = this.#guests.get(guest.uuid) ?? newlyKept(guest);
    this.#guests.set(guest.uuid, kept);
    // A guest that is started over and over needs its stamp each time.
    if (cause === 'guest') {
      kept.stampings = [];
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
    for (const guest of guests) this.wake(guest, 'guest');
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
      this.#guests.delete(kept.guest.uuid);
      return null;
    }
    if (stamping.state === 'failed' && stamping.failure.kind === 'busy') return RETRY_BUSY;
    if (stamping.state === 'failed' || stamping.state === 'not-stamped') {
      kept.failures += 1;
      return Math.min(RETRY_FIRST * 2 ** (kept.failures - 1), RETRY_LONGEST);
    }
    kept.failures = 0;
    if (stamping.state !== 'stamped') return null;
    const now = Date.now();
    kept.stampings = [...kept.stampings.filter((time) => time > now - CONTESTED_WITHIN), now];
    kept.contested = kept.stampings.length >= CONTESTED_COUNT;
    return kept.contested ? CONTESTED_WITHIN : null;
  }

  #tell(kept: Kept, stamping: Stamping): void {
    const { guest, contested } = kept;
    const told = stamping.state === 'stamped' ? '' : JSON.stringify(stamping);
    if (isNews(stamping) && (stamping.state === 'stamped' || told !== kept.told))
      this.#ports.tell(guest, stamping, contested);
    kept.told = told;
  }
}

// That a guest went away needs no word, and that libvirt did is told once for all of them.
function isNews(stamping: Stamping): boolean {
  if (stamping.state === 'failed') return stamping.failure.kind === 'failed' || stamping.failure.kind === 'busy';
  return stamping.state === 'stamped' || stamping.state === 'not-stamped';
}

function newlyKept(guest: ListedGuest): Kept {
  return {
    guest,
    phase: 'resting',
    again: false,
    failures: 0,
    stampings: [],
    contested: false,
    told: '',
    timer: undefined,
  };
}
