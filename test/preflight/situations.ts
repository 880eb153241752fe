// For every reason a situation that triggers it, and beside it the closest one that is accepted. The
// guest has one mdev, FIRST_MDEV; it was stamped on `source` and wants to go to `destination`.
import type { ReasonCode } from '../../src/model/reason.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { judge, readGuest } from '../../src/preflight/guest.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { identityOf, progressOn, stampOn } from './exchange.ts';
import {
  OTHER_PARENT,
  OTHER_TYPE,
  VERSION,
  withDeviceVersion,
  withMdev,
  withOtherParent,
  withoutMdev,
  withoutType,
  withoutTypeVersion,
  withType,
  withTypeVersion,
} from './hosts.ts';

export interface Situation {
  readonly source: SimulatedHost;
  readonly destination: SimulatedHost;
  /** What happens to the stamped XML on its way. */
  readonly edit?: (xml: string) => string;
  /** What of the destination's facts arrives before the deadline. */
  readonly cut?: (progress: readonly Progress[]) => readonly Progress[];
}

export interface ReasonSituation {
  readonly code: ReasonCode;
  readonly outcome: 'incompatible' | 'undetermined';
  readonly trigger: Situation;
  readonly nearMiss: Situation;
}

const GUEST = 'desktop-7';

export function stampedGuest({ source, edit }: Situation): string {
  const stamped = stampOn(source, guestXml(GUEST, [FIRST_MDEV]));
  return edit === undefined ? stamped : edit(stamped);
}

export function verdictIn(situation: Situation): Verdict {
  const { destination, cut } = situation;
  const xml = stampedGuest(situation);
  const progress = progressOn(simulatedSysfs(destination), xml);
  return judge(readGuest(xml), cut === undefined ? progress : cut(progress), identityOf(destination));
}

const STAMP = /<mdev-preflight:stamp[^]*<\/mdev-preflight:stamp>/;
const alpha = gvtHost('alpha', 1);
const beta = gvtHost('beta', 1);
const asVfioCcw = (xml: string): string => xml.replace("model='vfio-pci'", "model='vfio-ccw'");
const whole = { read: VERSION, rule: { kind: 'i915' } } as const;
const refusing = { read: VERSION, rule: { kind: 'reject', errno: 22 } } as const;

// The driver was about to be asked, and never answered.
function isQuestion(step: Progress): boolean {
  return 'waiting' in step && step.waiting.action === 'write';
}

export const SITUATIONS: readonly ReasonSituation[] = [
  {
    code: 'type-mismatch',
    outcome: 'incompatible',
    trigger: { source: alpha, destination: withMdev(beta, { type: OTHER_TYPE }) },
    // Another parent, the same type.
    nearMiss: { source: alpha, destination: withMdev(withOtherParent(beta), { parent: OTHER_PARENT }) },
  },
  {
    code: 'model-mismatch',
    outcome: 'incompatible',
    trigger: { source: alpha, destination: beta, edit: asVfioCcw },
    nearMiss: { source: alpha, destination: withType(beta, { deviceApi: 'vfio-ccw' }), edit: asVfioCcw },
  },
  {
    code: 'destination-device-missing',
    outcome: 'incompatible',
    trigger: { source: alpha, destination: withoutMdev(beta) },
    // The same UUID in another spelling that libvirt accepts.
    nearMiss: {
      source: alpha,
      destination: beta,
      edit: (xml) => xml.replaceAll(FIRST_MDEV, ` ${FIRST_MDEV.toUpperCase().replaceAll('-', '')} `),
    },
  },
  {
    code: 'destination-type-missing',
    outcome: 'incompatible',
    trigger: { source: alpha, destination: withoutType(beta) },
    // One of two parents does not offer it.
    nearMiss: {
      source: alpha,
      destination: withMdev(withOtherParent(withoutType(beta)), { parent: OTHER_PARENT }),
    },
  },
  {
    code: 'no-available-instances',
    outcome: 'incompatible',
    trigger: { source: alpha, destination: withoutMdev(withType(beta, { availableInstances: 0 })) },
    // The last instance is the very mdev the guest will use.
    nearMiss: { source: alpha, destination: withType(beta, { availableInstances: 0 }) },
  },
  {
    code: 'source-not-migratable',
    outcome: 'incompatible',
    trigger: { source: withoutTypeVersion(alpha), destination: beta },
    // One of the two nodes is enough.
    nearMiss: {
      source: withDeviceVersion(withoutTypeVersion(alpha), whole),
      destination: withDeviceVersion(beta, whole),
    },
  },
  {
    code: 'destination-attribute-missing',
    outcome: 'incompatible',
    trigger: { source: alpha, destination: withoutTypeVersion(beta) },
    nearMiss: { source: withDeviceVersion(alpha, refusing), destination: beta },
  },
  {
    code: 'destination-attribute-unreadable',
    outcome: 'incompatible',
    trigger: { source: alpha, destination: withTypeVersion(beta, { read: { errno: 19 } }) },
    // The node that is not asked.
    nearMiss: {
      source: withDeviceVersion(alpha, whole),
      destination: withDeviceVersion(withTypeVersion(beta, { read: { errno: 19 } }), whole),
    },
  },
  {
    code: 'version-rejected',
    outcome: 'incompatible',
    trigger: { source: alpha, destination: gvtHost('beta', 2) },
    // A newer driver that takes over from the older one.
    nearMiss: {
      source: alpha,
      destination: withTypeVersion(gvtHost('beta', 2), {
        rule: { kind: 'accepted-versions', versions: [VERSION], errno: 22 },
      }),
    },
  },
  {
    code: 'unstamped',
    outcome: 'undetermined',
    trigger: { source: alpha, destination: beta, edit: (xml) => xml.replace(STAMP, '') },
    nearMiss: {
      source: alpha,
      destination: beta,
      edit: (xml) => xml.replaceAll(/(?<!urn:)mdev-preflight(?=[:=])/g, 'ns0'),
    },
  },
  {
    code: 'stamp-invalid',
    outcome: 'undetermined',
    trigger: { source: alpha, destination: beta, edit: (xml) => xml.replace(STAMP, (stamp) => stamp + stamp) },
    // A second element, of somebody else's namespace.
    nearMiss: {
      source: alpha,
      destination: beta,
      edit: (xml) => xml.replace(STAMP, (stamp) => `${stamp}<x:stamp xmlns:x="urn:example:stamp:1"/>`),
    },
  },
  {
    code: 'destination-not-asked',
    outcome: 'undetermined',
    trigger: { source: alpha, destination: withTypeVersion(beta, { openErrno: 13 }) },
    nearMiss: {
      source: withDeviceVersion(alpha, whole),
      destination: withDeviceVersion(withTypeVersion(beta, { openErrno: 13 }), whole),
    },
  },
  {
    code: 'short-write',
    outcome: 'undetermined',
    trigger: {
      source: alpha,
      destination: withTypeVersion(beta, { rule: { kind: 'short-write', taken: VERSION.length - 1 } }),
    },
    nearMiss: {
      source: alpha,
      destination: withTypeVersion(beta, { rule: { kind: 'short-write', taken: VERSION.length } }),
    },
  },
  {
    code: 'deadline-exceeded',
    outcome: 'undetermined',
    trigger: {
      source: alpha,
      destination: beta,
      cut: (progress) => progress.slice(0, progress.findIndex(isQuestion) + 1),
    },
    // What was begun is lost, every fact arrives.
    nearMiss: {
      source: alpha,
      destination: beta,
      cut: (progress) => progress.filter((step) => !('waiting' in step)),
    },
  },
];
