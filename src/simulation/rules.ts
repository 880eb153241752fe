// How simulated drivers answer. The i915 rule says what intel_gvt_check_vfio_migration_version of the
// migration_version series says (v4, 30 May 2019, drivers/gpu/drm/i915/gvt/migration_version.c), errno and sentence.
import type { Rule, SimulatedAttribute } from './description.ts';

export type RuleAnswer = { readonly log: readonly string[] } & (
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'errno'; readonly errno: number }
  | { readonly kind: 'hang' }
);

const ENODEV = 19;
const EINVAL = 22;

/** What write(2) of `offered` (one character a byte) gives. */
export function answer({ read, rule }: SimulatedAttribute, offered: string): RuleAnswer {
  const taken: RuleAnswer = { kind: 'taken', bytes: offered.length, log: [] };
  const refused = (errno: number, log: readonly string[] = []): RuleAnswer => ({ kind: 'errno', errno, log });
  switch (rule.kind) {
    case 'i915':
      if (typeof read !== 'string') return refused(ENODEV);
      return sysfsStringEquals(read, offered) ? taken : refused(EINVAL, [i915Mismatch(read, offered)]);
    case 'i915-unsupported':
      return refused(ENODEV, ['gvt: Local GVT does not support migration']);
    case 'accept-all':
      return taken;
    case 'prefix':
      return offered.startsWith(rule.prefix) ? taken : refused(rule.errno);
    case 'accepted-versions':
      return rule.versions.some((version) => sysfsStringEquals(version, offered)) ? taken : refused(rule.errno);
    case 'reject':
      return refused(rule.errno);
    case 'short-write':
      return { kind: 'taken', bytes: Math.min(rule.taken, offered.length), log: [] };
    case 'hang':
      return { kind: 'hang', log: [] };
  }
}

/** A rule whose driver ships the same errno and words as i915's. */
export const I915: Rule = { kind: 'i915' };

// sysfs_streq: equal apart from one newline at the end (Linux, lib/string_helpers.c).
function sysfsStringEquals(a: string, b: string): boolean {
  return a.replace(/\n$/, '') === b.replace(/\n$/, '');
}

function i915Mismatch(local: string, remote: string): string {
  const [own, other] = [local, remote].map((version) => fields(version)) as [Fields, Fields];
  return `gvt: Migration version mismatched. Possible reason: ${possibleReason(own, other)}. Local migration version:${local}, Remote migration version:${remote}`;
}

interface Fields {
  readonly parsed: number;
  readonly vendor: number;
  readonly device: number;
  readonly type: string;
  readonly software: number;
}

// The order in which is_compatible() looks for a cause: hardware, software version, type.
function possibleReason(own: Fields, other: Fields): string {
  if (own.parsed === other.parsed) {
    if (own.vendor !== other.vendor || own.device !== other.device) return 'physical device not matched';
    if (own.software !== other.software) return 'migration software version not matched';
    if (own.type !== other.type) return 'vgpu type not matched';
  }
  return 'wrong string format. probably wrong GVT version';
}

// "<vendor>-<device>-<type>-<software version>", all hexadecimal but the type; `parsed` counts the fields
// found from the front, as sscanf does.
function fields(version: string): Fields {
  const match = /^(?:([0-9a-f]+)(?:-([0-9a-f]+)(?:-([^-]+)(?:-([0-9a-f]+))?)?)?)?/i.exec(version);
  const [vendor, device, type, software] = match?.slice(1) ?? [];
  const hex = (digits: string | undefined): number => (digits === undefined ? 0 : Number.parseInt(digits, 16));
  return {
    parsed: [vendor, device, type, software].filter((field) => field !== undefined).length,
    vendor: hex(vendor),
    device: hex(device),
    type: type ?? '',
    software: hex(software),
  };
}
