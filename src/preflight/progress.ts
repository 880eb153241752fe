// What the process that touches sysfs tells of its way, in order: a driver may never answer, and then
// this is all there is. Plain JSON, one object a line.
import type { Answer, CandidateFacts, CandidateSearch, DeviceFacts, DeviceLook, Waiting } from '../model/facts.ts';

/** `device` is the hostdev's index. */
export type Progress = { readonly device: number } & (
  | { readonly waiting: Waiting }
  | { readonly look: DeviceLook }
  | { readonly search: CandidateSearch }
  | { readonly candidate: CandidateFacts }
  | { readonly answer: Answer }
);

const NOTHING: DeviceFacts = {
  look: null,
  candidates: [],
  search: { state: 'not-begun' },
  answer: null,
  waitingFor: null,
};

/** The facts on each of `count` devices, from as much progress as there was. */
export function factsFrom(count: number, progress: readonly Progress[]): DeviceFacts[] {
  const devices = Array.from({ length: count }, () => NOTHING);
  for (const step of progress) {
    const facts = devices[step.device];
    if (facts !== undefined) devices[step.device] = add(facts, step);
  }
  return devices;
}

function add(facts: DeviceFacts, step: Progress): DeviceFacts {
  if ('waiting' in step) return { ...facts, waitingFor: step.waiting };
  const settled = { ...facts, waitingFor: null };
  if ('look' in step) return { ...settled, look: step.look };
  if ('search' in step) return { ...settled, search: step.search };
  if ('candidate' in step) {
    // A candidate comes twice: before it is asked, and with its answer.
    const others = facts.candidates.filter(({ parent }) => parent !== step.candidate.parent);
    return { ...settled, candidates: [...others, step.candidate] };
  }
  return { ...settled, answer: step.answer };
}
