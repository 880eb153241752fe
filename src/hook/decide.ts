// What the hook does with a verdict. Pure.
import type { Config } from '../config/config.ts';
import { exitStatus } from '../judge/guest.ts';
import { printable } from '../model/printable.ts';
import type { Operation, Verdict } from '../model/verdict.ts';
import { refusalLine, refusalText } from '../report/refusal.ts';
import type { HookReply } from './reply.ts';

/** Whether the guest may come: a clear yes of every driver, or, where the operator said so, an unknown source. */
export function accepts({ devices }: Verdict, { unstamped }: Pick<Config, 'unstamped'>): boolean {
  return devices.every(
    ({ outcome, reasons }) =>
      outcome === 'compatible' || (unstamped === 'allow' && reasons.every(({ code }) => code === 'unstamped')),
  );
}

/** `document`: the restamped domain XML, or empty. */
export function acceptance(verdict: Verdict, document: string): HookReply {
  const unknown = verdict.devices.filter(({ outcome }) => outcome !== 'compatible').length;
  const count = `${String(verdict.devices.length)} ${verdict.devices.length === 1 ? 'mdev' : 'mdevs'}`;
  const note = unknown === 0 ? '' : `, ${String(unknown)} of them unstamped and let through by unstamped = "allow"`;
  return { status: 0, told: '', log: `accepted: ${guestOf(verdict)}: ${count}${note}`, document };
}

export function refusal(verdict: Verdict, operation: Operation): HookReply {
  const status = exitStatus(verdict.outcome);
  const told = refusalText(verdict, operation);
  // A refusal is never told with the status of an acceptance, whatever led here.
  return { status: status === 0 ? 3 : status, told, log: logLine(told), document: '' };
}

/** A refusal that is about no single device. */
export function plainRefusal(status: 2 | 3, guest: string, problem: string, remedy: string): HookReply {
  const told = refusalLine(guest, problem, remedy);
  return { status, told, log: logLine(told), document: '' };
}

function guestOf({ domain }: Verdict): string {
  return `guest '${printable(domain.name ?? '')}' (${domain.uuid ?? 'no uuid'})`;
}

// The journal has its own identifier: the first line without the program's name.
function logLine(told: string): string {
  const [first = '', ...others] = told.trimEnd().split('\n');
  const more = others.length === 0 ? '' : ` (and ${String(others.length)} more lines)`;
  return `${first.replace(/^mdev-preflight: /, '')}${more}`;
}
