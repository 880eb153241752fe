// A simulated host, as plain data (docs/simulated-hosts.md): its parent devices, the mdev types they
// offer, the mdevs that are active, and how each driver answers. One description serves the demo, the
// tests, and a FUSE mount on which real system calls fail with the real errno.

export interface SimulatedHost {
  readonly name: string;
  readonly parents: Readonly<Record<string, SimulatedParent>>;
  /** Active mdevs by UUID. */
  readonly mdevs: Readonly<Record<string, SimulatedMdev>>;
  /** By path, such as `sys/class/mdev_bus`: what never comes back there. Only a FUSE mount can show it. */
  readonly stuck?: Readonly<Record<string, 'look-up' | 'list' | 'read'>>;
}

interface SimulatedParent {
  /** The driver's name as it stands in the kernel log. */
  readonly driver: string;
  /** By type id, which the kernel puts together from driver and vendor type: `i915-GVTg_V5_4`. */
  readonly types: Readonly<Record<string, SimulatedType>>;
}

export interface SimulatedType {
  readonly name?: string;
  readonly description?: string;
  readonly deviceApi: string;
  readonly availableInstances: number;
  /** The type node's `migration_version`; absent where there is none. */
  readonly migrationVersion?: SimulatedAttribute;
}

export interface SimulatedMdev {
  readonly parent: string;
  readonly type: string;
  /** Which of all mdevs that ever had this UUID it is; 0 where it is left out. Another number: removed and made again. */
  readonly creation?: number;
  /** The device node's `migration_version`; absent where there is none. */
  readonly migrationVersion?: SimulatedAttribute;
}

/** How a driver reads and judges. Errnos are positive numbers. */
export interface SimulatedAttribute {
  /** What read(2) gives, byte for byte, or how it fails. */
  readonly read: string | Failure;
  readonly rule: Rule;
  /** open(2) itself fails: nobody is asked. */
  readonly openErrno?: number;
  /** How many milliseconds the driver takes for a question; it answers one at a time. Only a FUSE mount can show it. */
  readonly delay?: number;
}

/** `hang`: no answer, ever. Only a FUSE mount can show it. */
export type Failure = { readonly errno: number } | { readonly hang: true };

export type Rule =
  /** i915 GVT-g: accepts its own string, apart from one newline at the end; EINVAL otherwise, with its log line. */
  | { readonly kind: 'i915' }
  /** i915 GVT-g built without a migration version: ENODEV to every question. */
  | { readonly kind: 'i915-unsupported' }
  | { readonly kind: 'accept-all' }
  | { readonly kind: 'prefix'; readonly prefix: string; readonly errno: number }
  | { readonly kind: 'accepted-versions'; readonly versions: readonly string[]; readonly errno: number }
  | { readonly kind: 'reject'; readonly errno: number }
  /** write(2) returns this many bytes. */
  | { readonly kind: 'short-write'; readonly taken: number }
  | { readonly kind: 'hang' };
