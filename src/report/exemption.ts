// What is told of an exemption, beside the verdict that it sets aside.
import type { Exemption, ExemptionStanding } from '../model/exemption.ts';
import { printable } from '../model/printable.ts';
import { clipPrintable } from './clip.ts';

const REASON_LIMIT = 200;
const NAME_LIMIT = 64;
const TIME_LIMIT = 32;
const WHY_LIMIT = 500;

/** Who granted it, until when and why, in one line of limited length. */
export function grantWords({ by, until, reason }: Exemption): string {
  const [who, end] = [clipPrintable(by, NAME_LIMIT), clipPrintable(until, TIME_LIMIT)];
  return `by '${who}' until ${end}: '${clipPrintable(reason, REASON_LIMIT)}'`;
}

/** For `check`: a line for people, or nothing. */
export function exemptionText(standing: ExemptionStanding): string {
  switch (standing.state) {
    case 'none':
      return '';
    case 'holds':
      return `exemption ${grantWords(standing.exemption)}; while it holds, the hook lets the guest in\n`;
    case 'void':
      return `the exemption in the guest's metadata does not hold: ${clipPrintable(standing.why, WHY_LIMIT)}\n`;
  }
}

/** For `check --json`. */
export function exemptionJson(standing: ExemptionStanding): object | null {
  if (standing.state === 'none') return null;
  const { by = null, from = null, until = null, reason = null } = standing.exemption ?? {};
  const problem = standing.state === 'void' ? printable(standing.why) : null;
  return { holds: standing.state === 'holds', by, from, until, reason, problem };
}
