// What AppArmor and SELinux may keep libvirt's daemon from running.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { attempt, below, isAbsent } from './files.ts';

export interface Confinement {
  /** `confines`: a profile of libvirtd or virtqemud is loaded and enforced. */
  readonly apparmor: 'off' | 'confines' | 'permits' | 'unknown';
  /** The name of that profile; null where none is. */
  readonly profile: string | null;
  readonly selinux: 'off' | 'permissive' | 'enforcing' | 'unknown';
  /** Our SELinux policy module, packaging/selinux/: whether the host's policy is built with it. */
  readonly hookModule: 'installed' | 'absent' | 'unknown';
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
  return {
    ...(enabled === 'Y' ? ofProfiles(profiles()) : { apparmor: byState(enabled), profile: null }),
    selinux: enforce === '1' ? 'enforcing' : enforce === '0' ? 'permissive' : byState(enforce),
    hookModule: hookModule(root, read('/etc/selinux/config') ?? ''),
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

const MODULE = 'mdev_preflight';

// libsemanage's store: a directory for each priority, and in it one for each module; one of the same name below
// `disabled` switches it off (semodule -d). The store is for root only.
function hookModule(root: string, config: string): Confinement['hookModule'] {
  const type = /^SELINUXTYPE=([\w-]+)\s*$/m.exec(config)?.[1] ?? 'targeted';
  const store = below(root, `/var/lib/selinux/${type}/active/modules`);
  const priorities = attempt(() => readdirSync(store));
  if (!priorities.ok) return isAbsent(priorities.error) ? 'absent' : 'unknown';
  const holding = priorities.value.filter((priority) => existsSync(`${store}/${priority}/${MODULE}`));
  return holding.length > 0 && !holding.includes('disabled') ? 'installed' : 'absent';
}
