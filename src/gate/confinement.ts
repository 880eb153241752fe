// What AppArmor and SELinux may keep libvirt's daemon from running.
import { readFileSync } from 'node:fs';
import { attempt, below, isAbsent } from './files.ts';

export interface Confinement {
  /** `confines`: a profile of libvirtd or virtqemud is loaded and enforced. */
  readonly apparmor: 'off' | 'confines' | 'permits' | 'unknown';
  /** The name of that profile; null where none is. */
  readonly profile: string | null;
  readonly selinux: 'off' | 'permissive' | 'enforcing' | 'unknown';
  /** The boolean of that name, in force; null where the policy has none, or it cannot be read. */
  readonly virtHooksUnconfined: boolean | null;
}

export function readConfinement(root: string): Confinement {
  const read = (path: string): string | null | undefined => {
    const text = attempt(() => readFileSync(below(root, path), 'latin1'));
    if (text.ok) return text.value.trim();
    return isAbsent(text.error) ? null : undefined;
  };
  const profiles = (): string | null | undefined => read('/sys/kernel/security/apparmor/profiles');
  const enabled = read('/sys/module/apparmor/parameters/enabled');
  const enforce = read('/sys/fs/selinux/enforce');
  // "CURRENT PENDING"
  const virtHooks = read('/sys/fs/selinux/booleans/virt_hooks_unconfined');
  return {
    ...(enabled === 'Y' ? ofProfiles(profiles()) : { apparmor: byState(enabled), profile: null }),
    selinux: enforce === '1' ? 'enforcing' : enforce === '0' ? 'permissive' : byState(enforce),
    virtHooksUnconfined: virtHooks === null || virtHooks === undefined ? null : virtHooks.startsWith('1'),
  };
}

// Not there: the kernel has it not, or it is switched off. What cannot be read, cannot be told.
function byState(text: string | null | undefined): 'off' | 'unknown' {
  return text === undefined ? 'unknown' : 'off';
}

// A line is "NAME (MODE)"; older profiles are named by the program they are for.
function ofProfiles(profiles: string | null | undefined): Pick<Confinement, 'apparmor' | 'profile'> {
  if (profiles === null || profiles === undefined) return { apparmor: 'unknown', profile: null };
  const profile = /^((?:\/usr\/sbin\/)?(?:libvirtd|virtqemud)) \((?:enforce|kill)\)$/m.exec(profiles)?.[1] ?? null;
  return { apparmor: profile === null ? 'permits' : 'confines', profile };
}
