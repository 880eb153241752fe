// What was found on a host. Plain data, also as JSON: it travels from the process that touches sysfs
// to the one that judges.
import type { VersionNode } from './stamp.ts';
import type { VersionBytes } from './version.ts';

/** What reading one sysfs attribute gave. `errno` is positive, `path` is where. */
export type AttributeRead = { readonly path: string } & (
  | { readonly state: 'read'; readonly bytes: VersionBytes }
  /** open(2): ENOENT. */
  | { readonly state: 'absent' }
  /** read(2) failed: the driver's own answer. */
  | { readonly state: 'read-failed'; readonly errno: number }
  /** open(2) failed for another cause: nobody was asked. */
  | { readonly state: 'open-failed'; readonly errno: number }
);

/** What came of offering a version: one open(2), one write(2). */
export type Answer = { readonly path: string } & (
  | { readonly state: 'accepted' }
  | { readonly state: 'rejected'; readonly errno: number; readonly kernelLog: readonly string[] }
  /** open(2): ENOENT. */
  | { readonly state: 'absent' }
  | { readonly state: 'open-failed'; readonly errno: number }
  /** Nobody was asked, for a cause that is no errno. */
  | { readonly state: 'not-asked'; readonly cause: 'no-sysfs' | 'no-write-counter' | 'changed' }
  /** write(2) took fewer bytes than the version has; `taken` null: how many is not known. */
  | { readonly state: 'short'; readonly taken: number | null; readonly length: number }
);

/** A mdev type as one parent device offers it. */
interface TypeFacts {
  readonly parent: string;
  readonly type: string;
  readonly deviceApi: AttributeRead;
  /** The type node's. */
  readonly version: AttributeRead;
}

export interface PresentDevice {
  readonly kind: 'present';
  readonly type: string;
  readonly parent: string;
  readonly deviceApi: AttributeRead;
  readonly versions: Readonly<Record<VersionNode, AttributeRead>>;
}

export type DeviceLook =
  | PresentDevice
  | { readonly kind: 'missing' }
  /** The host's mdev tree could not be read there: `path` is where, `errno` why. */
  | { readonly kind: 'unknown'; readonly path: string; readonly errno: number };

export interface CandidateFacts extends TypeFacts {
  readonly availableInstances: AttributeRead;
  /** Null: not asked. */
  readonly answer: Answer | null;
}

/** How far the search for parents that offer the type of a missing mdev got. */
export type CandidateSearch =
  | { readonly state: 'not-begun' }
  | { readonly state: 'under-way' }
  | { readonly state: 'complete' }
  | { readonly state: 'failed'; readonly path: string; readonly errno: number };

/** Everything found out for one hostdev. What is null was never learnt. */
export interface DeviceFacts {
  readonly look: DeviceLook | null;
  readonly candidates: readonly CandidateFacts[];
  readonly search: CandidateSearch;
  readonly answer: Answer | null;
  /** Where the deadline passed while something was awaited; null when all that was begun was ended. */
  readonly waitingFor: Waiting | null;
}

export interface Waiting {
  readonly action: 'read' | 'write' | 'look-up';
  readonly path: string;
}

/** A type with the two attributes that only people read. */
export interface OfferedType extends TypeFacts {
  readonly availableInstances: AttributeRead;
  readonly name: AttributeRead;
  readonly description: AttributeRead;
}
