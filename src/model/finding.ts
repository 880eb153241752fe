// What `doctor` finds: one finding for each check.

/** The checks. Never renamed; docs/doctor.md has a section for each. */
export type CheckId =
  | 'root'
  | 'hook-installed'
  | 'hook-executable'
  | 'hook-link'
  | 'hook-current'
  | 'hook-program'
  | 'hook-twins'
  | 'other-hooks'
  | 'hook-noticed'
  | 'selinux'
  | 'node'
  | 'self-test'
  | 'config'
  | 'libvirt'
  | 'guest-stamps'
  | 'persistent-stamps'
  | 'exemptions'
  | 'hidden-mdevs'
  | 'follow';

/**
 * `fail`: the gate is not in force, or would let through or refuse what it should not. `warn`: something to
 * know, or that could not be told.
 */
export type CheckResult = 'pass' | 'warn' | 'fail';

export interface Finding {
  readonly id: CheckId;
  readonly result: CheckResult;
  /** A sentence without its full stop. */
  readonly message: string;
  /** What to do, with the commands that do it; null where all is fine, or another check has it. */
  readonly remedy: string | null;
}
