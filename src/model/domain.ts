// What a domain XML says, as far as this program needs to know it.
import type { Stamp } from './stamp.ts';
import type { Uuid } from './uuid.ts';

/** One `<hostdev mode='subsystem' type='mdev'>` under `/domain/devices`. */
export interface MdevHostdev {
  /** Position among the guest's mdev hostdevs, from 0. */
  readonly index: number;
  readonly uuid: Uuid;
  /** `vfio-pci`, `vfio-ccw`, `vfio-ap`; null where the attribute is missing. */
  readonly model: string | null;
  /** Guest side, `pci:0000:01:00.0` or `ccw:fe.0.0001`; null where it has none (vfio-ap). */
  readonly guestAddress: string | null;
}

/** Who the guest is; null where the XML does not say it. */
export interface Domain {
  readonly name: string | null;
  readonly uuid: string | null;
}

/** What stands in the XML where the stamp would be. */
export type StampReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly problem: string }
  | { readonly kind: 'stamp'; readonly stamp: Stamp };
