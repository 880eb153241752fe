// Keeps the stamps of all running guests true for as long as it runs: it hears what happens to guests,
// looks at whom it happened to, and at all of them now and then. Every look asks the same, "does the
// guest carry this host's facts?", so an event that comes twice, late or misread does no harm.
import type { GuestEvent, Libvirt, LibvirtFailure, ListedGuest } from '../libvirt/port.ts';
import { EXEMPTION_NAMESPACE } from '../model/exemption.ts';
import { STAMP_NAMESPACE } from '../model/stamp.ts';
import { Keeper, type KeeperPorts } from './keeper.ts';
import { RollCall } from './roll-call.ts';
import type { Stamping } from './stamping.ts';

/** What following tells of its way. */
export type FollowNews =
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost'; readonly failure: LibvirtFailure }
  | { readonly kind: 'guest'; readonly guest: ListedGuest; readonly stamping: Stamping; readonly contested: boolean };

export interface FollowPorts {
  readonly libvirt: Libvirt;
  readonly stamp: KeeperPorts['stamp'];
  readonly tell: (news: FollowNews) => void;
}

const RETRY_FIRST = 250;
const RETRY_LONGEST = 30_000;
// Events are heard about 1 ms after `ready`.
const SETTLE = 200;
// For what no event tells: a version that changed under running guests, an event that was lost.
const ALL_AGAIN = 300_000;

/** Ends when `signal` aborts; and with the failure where no waiting mends it: no virsh, or another host's libvirt. */
export async function follow(
  { libvirt, stamp, tell }: FollowPorts,
  signal: AbortSignal,
): Promise<LibvirtFailure | null> {
  const keeper = new Keeper({
    stamp,
    tell: (guest, stamping, contested) => {
      tell({ kind: 'guest', guest, stamping, contested });
    },
  });
  let retry = RETRY_FIRST;
  let toldLost = '';
  const ended = (): boolean => signal.aborted;
  while (!ended()) {
    const watching = new AbortController();
    const call = new RollCall(libvirt, keeper, watching.signal);
    let connected = Infinity;
    const failure = await libvirt.watch({
      ready: () => {
        connected = Date.now();
        toldLost = '';
        tell({ kind: 'connected' });
        lookAtAllNowAndThen(call, watching.signal);
      },
      event: (event) => {
        if (event.name === null) call.everybody();
        else if (matters(event)) call.one(event.name, event.kind === 'metadata-change' ? 'metadata' : 'guest');
      },
    });
    watching.abort();
    if (ended()) break;
    if (failure.kind === 'no-virsh' || failure.kind === 'elsewhere') {
      keeper.end();
      return failure;
    }
    // An outage is told once, however often it is tried.
    if (failure.text !== toldLost) tell({ kind: 'lost', failure });
    toldLost = failure.text;
    // One that breaks as soon as it is made is no better than none.
    if (Date.now() - connected > RETRY_LONGEST) retry = RETRY_FIRST;
    await pause(retry, signal);
    retry = Math.min(retry * 2, RETRY_LONGEST);
  }
  keeper.end();
  return null;
}

function lookAtAllNowAndThen(call: RollCall, signal: AbortSignal): void {
  const look = (): void => {
    call.everybody();
  };
  look();
  // Once more, for what happened before events were heard.
  const soon = setTimeout(look, SETTLE);
  const nowAndThen = setInterval(look, ALL_AGAIN);
  signal.addEventListener('abort', () => {
    clearTimeout(soon);
    clearInterval(nowAndThen);
  });
}

// What can change which mdevs a guest has, on which host, or what its metadata says. A guest that ended
// has no stamp any more.
function matters({ kind, detail }: GuestEvent): boolean {
  if (kind === 'lifecycle') return /^(?:Started|Resumed|Suspended|PMSuspended)\b/.test(detail);
  if (kind === 'metadata-change') return detail.includes(STAMP_NAMESPACE) || detail.includes(EXEMPTION_NAMESPACE);
  return kind === 'device-added' || kind === 'device-removed' || kind === 'job-completed';
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
