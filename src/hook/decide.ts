// What the hook does with a verdict, and with an exemption from it. Pure.
import type { Config } from '../config/config.ts';
import { exitStatus } from '../judge/guest.ts';
import type { Domain } from '../model/domain.ts';
import type { Exemption, ExemptionStanding } from '../model/exemption.ts';
import type { Operation, Verdict } from '../model/verdict.ts';
import { clip, clipPrintable } from '../report/clip.ts';
import { grantWords } from '../report/exemption.ts';
import { refusalLine, refusalText, voidExemptionLine } from '../report/refusal.ts';
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
  const log = `accepted: ${guestOf(verdict.domain)}: ${count}${note}`;
  return { status: 0, told: '', log, priority: 'info', document };
}

export function refusal(verdict: Verdict, operation: Operation): Refusal {
  const status = exitStatus(verdict.outcome);
  const told = refusalText(verdict, operation);
  // A refusal is never told with the status of an acceptance, whatever led here.
  return refused(status === 0 ? 3 : status, told);
}

/** A refusal that is about no single device. */
export function plainRefusal(status: 2 | 3, guest: string, problem: string, remedy: string): Refusal {
  return refused(status, refusalLine(guest, problem, remedy));
}

/** A reply that is never an acceptance. */
export type Refusal = HookReply & { readonly status: 1 | 2 | 3 };

function refused(status: Refusal['status'], told: string): Refusal {
  return { status, told, log: logLine(told), priority: 'warning', document: '' };
}

/**
 * What becomes of a refusal where the guest carries an exemption: an acceptance while it holds, whatever
 * the refusal was for, and a line more where it does not. `document`: what then goes back.
 */
export function exempted(refusal: Refusal, domain: Domain, standing: ExemptionStanding, document: string): HookReply {
  switch (standing.state) {
    case 'none':
      return refusal;
    case 'void':
      return refused(refusal.status, `${refusal.told}${voidExemptionLine(standing.why)}`);
    case 'holds': {
      const log = exemptionLog(refusal, domain, standing.exemption);
      return { status: 0, told: '', log, priority: 'warning', document };
    }
  }
}

// logger(1) cuts a message at 1 KiB, and the end of this one is who is to be asked about it.
const LOG_LIMIT = 1000;

function exemptionLog({ log }: Refusal, domain: Domain, exemption: Exemption): string {
  const [before, after] = [`accepted by exemption: ${guestOf(domain)}: `, `; exemption ${grantWords(exemption)}`];
  return `${before}${clip(log, LOG_LIMIT - Buffer.byteLength(before + after))}${after}`;
}

function guestOf({ name, uuid }: Domain): string {
  return `guest '${clipPrintable(name ?? '', 64)}' (${uuid ?? 'no uuid'})`;
}

// The journal has its own identifier: the first line without the program's name.
function logLine(told: string): string {
  const [first = '', ...others] = told.trimEnd().split('\n');
  const more =
    others.length === 0 ? '' : ` (and ${others.length === 1 ? '1 more line' : `${String(others.length)} more lines`})`;
  return `${first.replace(/^mdev-preflight: /, '')}${more}`;
}
