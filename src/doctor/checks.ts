// The one table of checks, in the order in which they are told. The compiler keeps it complete; docs/doctor.md is
// held equal to it by a test.
import type { CheckId, Finding } from '../model/finding.ts';
import { hookNoticed, selinux } from './daemons.ts';
import type { Facts } from './facts.ts';
import { exemptions, guestStamps, hiddenMdevs, persistentStamps } from './guests.ts';
import { hookCurrent, hookExecutable, hookInstalled, hookLink, hookProgram, hookTwins, otherHooks } from './hooks.ts';
import type { Judge } from './judgement.ts';
import { node, selfTest } from './running.ts';
import { config, follow, libvirt, root } from './settings.ts';

export const CHECKS: Readonly<Record<CheckId, Judge>> = {
  root,
  'hook-installed': hookInstalled,
  'hook-executable': hookExecutable,
  'hook-link': hookLink,
  'hook-current': hookCurrent,
  'hook-program': hookProgram,
  'hook-twins': hookTwins,
  'other-hooks': otherHooks,
  'hook-noticed': hookNoticed,
  selinux,
  node,
  'self-test': selfTest,
  config,
  libvirt,
  'guest-stamps': guestStamps,
  'persistent-stamps': persistentStamps,
  exemptions,
  'hidden-mdevs': hiddenMdevs,
  follow,
};

export function examine(facts: Facts): Finding[] {
  return (Object.keys(CHECKS) as CheckId[]).map((id) => ({ id, ...CHECKS[id](facts) }));
}

/** Whether nothing fails. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ result }) => result !== 'fail');
}
