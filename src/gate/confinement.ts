// What AppArmor and SELinux may keep libvirt's daemon from running.
import { readFileSync } from 'node:fs';
import { attempt, below, isAbsent } from './files.ts';

export interface Confinement {
  /** `confines`: a profile of libvirtd or virtqemud is loaded and enforced. */
  readonly apparmor: 'off' | 'confines' | 'permits' | 'unknown';
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
  const enabled = read('/sys/module/apparmor/parameters/enabled');
  const enforce = read('/sys/fs/selinux/enforce');
  // "CURRENT PENDING"
  const virtHooks = read('/sys/fs/selinux/booleans/virt_hooks_unconfined');
  return {
    apparmor: enabled === 'Y' ? ofProfiles(read('/sys/kernel/security/apparmor/profiles')) : byState(enabled),
    selinux: enforce === '1' ? 'enforcing' : enforce === '0' ? 'permissive' : byState(enforce),
    virtHooksUnconfined: virtHooks === null || virtHooks === undefined ? null : virtHooks.startsWith('1'),
  };
}

// Not there: the kernel has it not, or it is switched off. What cannot be read, cannot be told.
function byState(text: string | null | undefined): 'off' | 'unknown' {
  return text === undefined ? 'unknown' : 'off';
}

// A line is "NAME (MODE)"; older profiles are named by the program they are for.
function ofProfiles(profiles: string | null | undefined): Confinement['apparmor'] {
  if (profiles === null || profiles === undefined) return 'unknown';
  return /^(?:\/usr\/sbin\/)?(?:libvirtd|virtqemud) \((?:enforce|kill)\)$/m.test(profiles) ? 'confines' : 'permits';
}
