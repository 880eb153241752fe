// What a check says.
import type { CheckResult, Finding } from '../model/finding.ts';
import type { Facts } from './facts.ts';

export type Judgement = Omit<Finding, 'id'>;
export type Judge = (facts: Facts) => Judgement;

export const pass = (message: string): Judgement => ({ result: 'pass', message, remedy: null });
export const warn = (message: string, remedy: string | null): Judgement => ({ result: 'warn', message, remedy });
export const fail = (message: string, remedy: string | null): Judgement => ({ result: 'fail', message, remedy });

/** What to do where a fact is for root only. */
export const AS_ROOT = 'sudo mdev-preflight doctor';

/** What is said where nothing is there to be looked at; the check that says so has the remedy. */
export const noHook = warn('not looked at: no hook of ours was found (hook-installed)', null);

const GRAVITY: Readonly<Record<CheckResult, number>> = { pass: 0, warn: 1, fail: 2 };

/** All that is not fine, as one, the gravest first; or, where all is, what they say. Never called with nothing. */
export function together(judgements: readonly Judgement[]): Judgement {
  const inOrder = [...judgements].sort((one, other) => GRAVITY[other.result] - GRAVITY[one.result]);
  const result = inOrder[0]?.result ?? 'pass';
  const told = inOrder.filter((it) => result === 'pass' || it.result !== 'pass');
  const remedies = [...new Set(told.flatMap(({ remedy }) => remedy ?? []))];
  const message = [...new Set(told.map((it) => it.message))].join('; ');
  return { result, message, remedy: remedies.length === 0 ? null : remedies.join('; ') };
}
