// Why a device is not a clear yes. Data only: the words are in reasons.ts.
import type { Waiting } from './facts.ts';
import type { VersionNode } from './stamp.ts';

export type Outcome = 'compatible' | 'incompatible' | 'undetermined';

export type Reason =
  | { readonly code: 'type-mismatch'; readonly sourceType: string; readonly destinationType: string }
  | {
      readonly code: 'model-mismatch';
      readonly model: string | null;
      readonly deviceApi: string;
      readonly type: string;
    }
  | {
      readonly code: 'destination-device-missing';
      readonly uuid: string;
      /** The source's mdev type, where a stamp tells it. */
      readonly type: string | null;
      /** A parent device whose driver accepts and that has room for the mdev. */
      readonly acceptingParent: string | null;
      /** One with room that can be asked only when the mdev is there: the source has a version of its device node alone. */
      readonly unaskedParent: string | null;
      /** How many parents offer the type, and how many of them said no. */
      readonly offering: number;
      readonly refusing: number;
    }
  | { readonly code: 'destination-type-missing'; readonly uuid: string; readonly type: string }
  | {
      readonly code: 'no-available-instances';
      readonly uuid: string;
      readonly type: string;
      readonly parents: readonly string[];
    }
  | { readonly code: 'source-not-migratable'; readonly node: VersionNode; readonly error: string }
  | {
      readonly code: 'destination-attribute-missing';
      readonly node: VersionNode;
      readonly path: string;
      /** The other node here has one. */
      readonly elsewhere: boolean;
    }
  | { readonly code: 'destination-attribute-unreadable'; readonly path: string; readonly errno: number }
  | {
      readonly code: 'version-rejected';
      readonly path: string;
      readonly errno: number;
      readonly kernelLog: readonly string[];
    }
  | { readonly code: 'unstamped'; readonly otherDevices: boolean }
  | { readonly code: 'stamp-invalid'; readonly problem: string }
  /** `errno` null: the cause is none. */
  | {
      readonly code: 'destination-not-asked';
      readonly path: string;
      readonly errno: number | null;
      readonly cause: NotAskedCause;
    }
  | { readonly code: 'short-write'; readonly path: string; readonly taken: number | null; readonly length: number }
  /** `waitingFor` null: the deadline passed before this device's turn. */
  | { readonly code: 'deadline-exceeded'; readonly waitingFor: Waiting | null };

/** What kept the question from the driver. */
export type NotAskedCause =
  | 'look-up'
  | 'device-api'
  | 'open-for-reading'
  | 'open-for-writing'
  /** The attribute is on no sysfs: no driver is behind it. */
  | 'no-sysfs'
  /** The kernel does not count this thread's write(2) calls. */
  | 'no-write-counter'
  /** The mdev was removed, or is another one, after its driver answered. */
  | 'changed';

export type ReasonCode = Reason['code'];
