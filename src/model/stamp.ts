// What a source host says of a guest's mdevs, carried in the domain's <metadata>.
import type { VersionBytes } from './version.ts';

/** The URI that names the stamp; whatever prefix it comes with. */
export const STAMP_NAMESPACE = 'urn:mdev-preflight:stamp:1';
/** The prefix it is written with. */
export const STAMP_PREFIX = 'mdev-preflight';
export const STAMP_METADATA = { uri: STAMP_NAMESPACE, prefix: STAMP_PREFIX };

/** The two places that can carry `migration_version`. A version of one is never written to the other. */
export type VersionNode = 'device' | 'type';
export const VERSION_NODES = ['device', 'type'] as const satisfies readonly VersionNode[];

/** What reading `migration_version` at one node of the source gave. */
export type StampedVersion =
  | { readonly state: 'version'; readonly bytes: VersionBytes }
  /** The attribute was not there, or reading it failed; `error` is the errno's name or number. */
  | { readonly state: 'error'; readonly error: string };

export interface StampedDevice {
  readonly index: number;
  readonly guestAddress: string | null;
  /** The UUID on the source, for people only: it may differ on the two hosts. */
  readonly uuid: string | null;
  readonly type: string;
  readonly parent: string | null;
  readonly versions: Readonly<Record<VersionNode, StampedVersion | null>>;
}

export interface HostIdentity {
  readonly name: string;
  /** machine-id(5), null where the host has none. */
  readonly id: string | null;
}

export interface Stamp {
  readonly host: HostIdentity;
  /** ISO 8601, UTC. */
  readonly stampedAt: string;
  readonly devices: readonly StampedDevice[];
}

/** What the stamp says of one hostdev. */
export type StampedFacts =
  | { readonly kind: 'none' }
  /** There is a stamp, but not for this hostdev: the device was changed after the stamp was made. */
  | { readonly kind: 'other-device' }
  | { readonly kind: 'invalid'; readonly problem: string }
  | {
      readonly kind: 'device';
      readonly device: StampedDevice;
      readonly host: HostIdentity;
      readonly stampedAt: string;
    };
