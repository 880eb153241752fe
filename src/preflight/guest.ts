// From a domain XML to the cases to ask about, and from the facts to the verdict: what `check`, the
// hook, `stamp` and the demo have in common.
import { parseDomain, type DomainDocument } from '../domain-xml/domain.ts';
import { withStamp } from '../domain-xml/splice.ts';
import { readExemption } from '../exemption/element.ts';
import { judgeDevice } from '../judge/device.ts';
import { judgeGuest } from '../judge/guest.ts';
import type { Domain, MdevHostdev, StampReading } from '../model/domain.ts';
import type { ExemptionReading } from '../model/exemption.ts';
import type { DeviceFacts } from '../model/facts.ts';
import type { HostIdentity } from '../model/stamp.ts';
import type { Verdict } from '../model/verdict.ts';
import { makeStamp, type Found } from '../stamp/make.ts';
import { stampedFacts } from '../stamp/match.ts';
import { readStamp } from '../stamp/read.ts';
import { writeStamp } from '../stamp/write.ts';
import type { Case } from './gather.ts';
import { factsFrom, type Progress } from './progress.ts';

export interface Guest {
  readonly domain: Domain;
  readonly cases: readonly Case[];
  readonly exemption: ExemptionReading;
}

/** Throws UnusableInput. */
export function readGuest(text: string): Guest & { readonly document: DomainDocument; readonly reading: StampReading } {
  const document = parseDomain(text);
  const reading = readStamp(document.stamps.map(({ element }) => element));
  const cases = casesOf(document.hostdevs, reading);
  const exemption = readExemption(document.exemptions.map(({ element }) => element));
  return { document, reading, domain: { name: document.name, uuid: document.uuid }, cases, exemption };
}

/** Each hostdev with what the stamp says of it. */
export function casesOf(hostdevs: readonly MdevHostdev[], reading: StampReading): Case[] {
  const stamped = stampedFacts(reading);
  return hostdevs.map((hostdev) => ({ hostdev, stamped: stamped(hostdev) }));
}

/** The verdict on a guest from as much progress as there was; what never came is judged as such. */
export function judge({ domain, cases }: Guest, progress: readonly Progress[], host: HostIdentity): Verdict {
  const facts = factsFrom(cases.length, progress);
  const devices = cases.flatMap(({ hostdev, stamped }, index) => {
    const found = facts[index];
    return found === undefined ? [] : [judgeDevice(hostdev, stamped, found)];
  });
  return judgeGuest(domain, devices, host);
}

/** The mdevs that were found on this host, and the facts of those that were not. */
export function foundMdevs(
  { cases }: Guest,
  progress: readonly Progress[],
): {
  readonly found: readonly Found[];
  readonly missing: readonly { readonly it: Case; readonly facts: DeviceFacts }[];
} {
  const found: Found[] = [];
  const missing: { it: Case; facts: DeviceFacts }[] = [];
  const all = factsFrom(cases.length, progress);
  for (const [index, it] of cases.entries()) {
    const facts = all[index];
    if (facts?.look?.kind === 'present') found.push({ hostdev: it.hostdev, look: facts.look });
    else if (facts !== undefined) missing.push({ it, facts });
  }
  return { found, missing };
}

/** The document with a fresh stamp of this host's facts and without exemptions; every other byte stays. */
export function restamp(document: DomainDocument, found: readonly Found[], host: HostIdentity, now: Date): string {
  return withStamp(document, writeStamp(makeStamp(found, host, now)));
}
