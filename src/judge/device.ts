// From what was found to what it means, for one hostdev. Pure and total: no I/O, nothing to catch,
// and a fact that could not be had is a reason.
import type { Answer, DeviceFacts, PresentDevice } from '../model/facts.ts';
import type { MdevHostdev } from '../model/domain.ts';
import type { Outcome, Reason } from '../model/reason.ts';
import { REASONS } from '../model/reasons.ts';
import type { StampedFacts } from '../model/stamp.ts';
import type { DestinationSide, DeviceVerdict, SourceSide } from '../model/verdict.ts';
import { judgeCandidate, missingReasons } from './missing.ts';
import { commonNode, notAsked, presentNode, type Question, questionFor } from './question.ts';
import { stampedVersion } from './source.ts';

export function judgeDevice(hostdev: MdevHostdev, stamped: StampedFacts, facts: DeviceFacts): DeviceVerdict {
  const reasons = gravestFirst(findReasons(hostdev, stamped, facts));
  const present = facts.look?.kind === 'present' ? facts.look : null;
  return {
    hostdev,
    outcome: worstOutcome(reasons.map((reason) => REASONS[reason.code].outcome)),
    source: stamped.kind === 'device' ? sourceSide(stamped, present) : null,
    destination: present === null ? null : destinationSide(stamped, present),
    reasons,
    candidates: facts.candidates.map(judgeCandidate),
  };
}

/** `incompatible` outranks `undetermined` outranks `compatible`. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('incompatible')) return 'incompatible';
  return outcomes.includes('undetermined') ? 'undetermined' : 'compatible';
}

function findReasons(hostdev: MdevHostdev, stamped: StampedFacts, facts: DeviceFacts): readonly Reason[] {
  const { look, answer, waitingFor } = facts;
  if (look === null) return [{ code: 'deadline-exceeded', waitingFor }];
  if (look.kind === 'unknown') return [notAsked(look.path, look.errno, 'look-up')];
  if (look.kind === 'missing') return missingReasons(hostdev, stamped, facts);
  const question = questionFor(hostdev, stamped, look);
  return 'version' in question ? answerReasons(question, answer, waitingFor) : question;
}

// No answer, for whatever cause, is never a yes: only `accepted` leaves no reason behind.
function answerReasons(question: Question, answer: Answer | null, waitingFor: DeviceFacts['waitingFor']): Reason[] {
  if (answer === null) return [{ code: 'deadline-exceeded', waitingFor }];
  const { path } = answer;
  switch (answer.state) {
    case 'accepted':
      return [];
    case 'rejected':
      return [{ code: 'version-rejected', path, errno: answer.errno, kernelLog: answer.kernelLog }];
    case 'absent':
      return [{ code: 'destination-attribute-missing', node: question.node, path, elsewhere: false }];
    case 'open-failed':
      return [notAsked(path, answer.errno, 'open-for-writing')];
    case 'not-asked':
      return [notAsked(path, null, answer.cause)];
    case 'short':
      return [{ code: 'short-write', path, taken: answer.taken, length: answer.length }];
  }
}

function sourceSide(
  { device, host, stampedAt }: Extract<StampedFacts, { kind: 'device' }>,
  look: PresentDevice | null,
): SourceSide {
  // Parents that offer the type of a missing mdev are asked at their type nodes.
  const onlyDevice = stampedVersion(device, 'type') === null && stampedVersion(device, 'device') !== null;
  const node = onlyDevice ? 'device' : look === null ? 'type' : commonNode(device, look);
  return {
    type: device.type,
    parent: device.parent,
    version: stampedVersion(device, node),
    node: device.versions[node] === null ? null : node,
    host: host.name,
    stampedAt,
  };
}

function destinationSide(stamped: StampedFacts, look: PresentDevice): DestinationSide {
  const node = stamped.kind === 'device' ? commonNode(stamped.device, look) : presentNode(look);
  const read = look.versions[node];
  return {
    type: look.type,
    parent: look.parent,
    version: read.state === 'read' ? read.bytes : null,
    node: read.state === 'absent' ? null : node,
  };
}

function gravestFirst(reasons: readonly Reason[]): Reason[] {
  const rank = (reason: Reason): number => (REASONS[reason.code].outcome === 'incompatible' ? 0 : 1);
  return [...reasons].sort((a, b) => rank(a) - rank(b));
}
