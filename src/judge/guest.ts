// The verdict on a guest, from the verdicts on its mdevs.
import type { Domain } from '../model/domain.ts';
import type { Outcome } from '../model/reason.ts';
import type { HostIdentity } from '../model/stamp.ts';
import type { DeviceVerdict, Verdict } from '../model/verdict.ts';
import { worstOutcome } from './device.ts';

export function judgeGuest(domain: Domain, devices: readonly DeviceVerdict[], host: HostIdentity): Verdict {
  return { host, domain, outcome: worstOutcome(devices.map(({ outcome }) => outcome)), devices };
}

/** The exit status for a verdict (docs/reasons.md). */
export function exitStatus(outcome: Outcome): 0 | 1 | 3 {
  return ({ compatible: 0, incompatible: 1, undetermined: 3 } as const)[outcome];
}
