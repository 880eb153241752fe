// What was judged, for one guest.
import type { Domain, MdevHostdev } from './domain.ts';
import type { Outcome, Reason } from './reason.ts';
import type { HostIdentity, VersionNode } from './stamp.ts';
import type { VersionBytes } from './version.ts';

export interface SourceSide {
  readonly type: string;
  readonly parent: string | null;
  readonly version: VersionBytes | null;
  readonly node: VersionNode | null;
  readonly host: string;
  readonly stampedAt: string;
}

export interface DestinationSide {
  readonly type: string;
  readonly parent: string;
  readonly version: VersionBytes | null;
  readonly node: VersionNode | null;
}

/** What one parent device that offers the type answers, for an mdev that is not on this host. */
export interface Candidate {
  readonly parent: string;
  readonly type: string;
  readonly availableInstances: number | null;
  /** Null: it gave no answer. */
  readonly accepts: boolean | null;
  readonly errno: number | null;
}

export interface DeviceVerdict {
  readonly hostdev: MdevHostdev;
  readonly outcome: Outcome;
  readonly source: SourceSide | null;
  readonly destination: DestinationSide | null;
  /** The gravest first. Empty exactly where the outcome is compatible. */
  readonly reasons: readonly Reason[];
  readonly candidates: readonly Candidate[];
}

/** What a verdict is for. A guest that is restored runs nowhere. */
export type Operation = 'migrate' | 'restore';

export interface Verdict {
  readonly host: HostIdentity;
  readonly domain: Domain;
  readonly outcome: Outcome;
  readonly devices: readonly DeviceVerdict[];
}
