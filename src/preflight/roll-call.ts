// From what was heard to the guests that are looked at. One list of guests at a time, however much is heard
// meanwhile: a daemon that is slow, or in which one guest hangs, must not find a list waiting for each event.
import type { Libvirt, ListedGuest } from '../libvirt/port.ts';
import type { Keeper, WakeCause } from './keeper.ts';

const RETRY_FIRST = 1000;
const RETRY_LONGEST = 30_000;
// A name that nobody has was misread, or is of a guest that went away: one that does so over and over must not
// have all others looked at each time.
const STRANGERS_PAUSE = 10_000;

export class RollCall {
  readonly #libvirt: Libvirt;
  readonly #keeper: Keeper;
  readonly #signal: AbortSignal;
  #names = new Map<string, WakeCause>();
  #everybody = false;
  #calling = false;
  #retry = RETRY_FIRST;
  /** When all are, or were last, looked at because of a stranger. */
  #strangers = -Infinity;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  /** `signal`: the end of the connection on which it was heard. */
  constructor(libvirt: Libvirt, keeper: Keeper, signal: AbortSignal) {
    this.#libvirt = libvirt;
    this.#keeper = keeper;
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const timer of this.#timers) clearTimeout(timer);
    });
  }

  one(name: string, cause: WakeCause): void {
    // What happened to the guest itself outweighs that its metadata was changed.
    if (this.#names.get(name) !== 'guest') this.#names.set(name, cause);
    void this.#call();
  }

  everybody(): void {
    this.#everybody = true;
    void this.#call();
  }

  async #call(): Promise<void> {
    if (this.#calling) return;
    this.#calling = true;
    while (!this.#signal.aborted && (this.#everybody || this.#names.size > 0)) {
      const [names, everybody] = [this.#names, this.#everybody];
      [this.#names, this.#everybody] = [new Map<string, WakeCause>(), false];
      if (await this.#serve(names, everybody)) {
        this.#retry = RETRY_FIRST;
        continue;
      }
      // Nothing heard is forgotten.
      for (const [name, cause] of names) if (!this.#names.has(name)) this.#names.set(name, cause);
      this.#everybody ||= everybody;
      this.#later(this.#retry, () => void this.#call());
      this.#retry = Math.min(this.#retry * 2, RETRY_LONGEST);
      break;
    }
    this.#calling = false;
  }

  // False where libvirt gave no list.
  async #serve(names: ReadonlyMap<string, WakeCause>, everybody: boolean): Promise<boolean> {
    const running = await this.#libvirt.guests('running');
    if (!running.ok) return false;
    if (this.#signal.aborted) return true;
    if (everybody) this.#keeper.wakeAll(running.value);
    const heard = new Set<string>();
    for (const guest of running.value) {
      const cause = names.get(guest.name);
      if (cause === undefined) continue;
      heard.add(guest.name);
      this.#keeper.wake(guest, cause);
    }
    const strangers = [...names.keys()].filter((name) => !heard.has(name));
    return everybody || strangers.length === 0 || this.#meet(strangers);
  }

  async #meet(strangers: readonly string[]): Promise<boolean> {
    const known = await this.#libvirt.guests('all');
    if (!known.ok) return false;
    const off = new Set(known.value.map(({ name }: ListedGuest) => name));
    if (strangers.every((name) => off.has(name))) return true;
    const now = Date.now();
    // A round is due already.
    if (this.#strangers > now) return true;
    this.#strangers = Math.max(now, this.#strangers + STRANGERS_PAUSE);
    this.#later(this.#strangers - now, () => {
      this.everybody();
    });
    return true;
  }

  #later(milliseconds: number, work: () => void): void {
    if (this.#signal.aborted) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
