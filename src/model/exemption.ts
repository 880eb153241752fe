// A deliberate, expiring exemption from the gate, carried in the domain's <metadata> beside the stamp.

/** The URI that names the exemption; whatever prefix it comes with. */
export const EXEMPTION_NAMESPACE = 'urn:mdev-preflight:exemption:1';
/** `prefix`: what it is written with. */
export const EXEMPTION_METADATA = { uri: EXEMPTION_NAMESPACE, prefix: 'mdev-preflight-exemption' };

/** Longer ones are not granted, and not honoured. */
export const LONGEST_EXEMPTION_SECONDS = 24 * 60 * 60;

export interface Exemption {
  /** Who granted it, and on which host: `root@alpha`. */
  readonly by: string;
  /** ISO 8601, UTC; by the clock of the host on which it was granted. */
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

/** What stands in the XML where an exemption would be. */
export type ExemptionReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly problem: string }
  | { readonly kind: 'exemption'; readonly exemption: Exemption };

/** Whether it counts at a moment. */
export type ExemptionStanding =
  | { readonly state: 'none' }
  | { readonly state: 'holds'; readonly exemption: Exemption }
  /** `why` is a sentence; `exemption` null where it could not be read. */
  | { readonly state: 'void'; readonly why: string; readonly exemption: Exemption | null };
