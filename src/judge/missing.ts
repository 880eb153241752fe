// The mdev is not on this host: what the parents that offer its type answer. Compatible and available
// are different answers: a parent that accepts but is full has said yes.
import { ENOENT } from '../model/errno.ts';
import type { CandidateFacts, DeviceFacts } from '../model/facts.ts';
import type { MdevHostdev } from '../model/domain.ts';
import type { Reason } from '../model/reason.ts';
import type { StampedFacts } from '../model/stamp.ts';
import type { Candidate } from '../model/verdict.ts';
import { modelReasons, notAsked } from './question.ts';
import { stampedSource, stampedVersion, versionReason } from './source.ts';

export function missingReasons(hostdev: MdevHostdev, stamped: StampedFacts, facts: DeviceFacts): Reason[] {
  const { search, waitingFor } = facts;
  const reasons = [absence(hostdev, stamped, facts)];
  const source = sourceReason(stamped);
  if (source !== null) reasons.push(source);
  const [unfit] = unfitCandidates(hostdev, facts);
  if (unfit !== undefined) reasons.push(unfit);
  if (search.state === 'failed') reasons.push(notAsked(search.path, search.errno, 'look-up'));
  if (search.state === 'under-way') reasons.push({ code: 'deadline-exceeded', waitingFor });
  return reasons;
}

export function judgeCandidate(candidate: CandidateFacts): Candidate {
  const { parent, type, availableInstances, version, answer } = candidate;
  const count =
    availableInstances.state === 'read' ? /^([0-9]{1,9})\n?$/.exec(availableInstances.bytes)?.[1] : undefined;
  return {
    parent,
    type,
    availableInstances: count === undefined ? null : Number(count),
    ...candidateAnswer(version, answer),
  };
}

function absence({ uuid }: MdevHostdev, stamped: StampedFacts, facts: DeviceFacts): Reason {
  if (stamped.kind !== 'device')
    return {
      code: 'destination-device-missing',
      uuid,
      type: null,
      acceptingParent: null,
      unaskedParent: null,
      offering: 0,
      refusing: 0,
    };
  const { type } = stamped.device;
  const source = stampedSource(stamped);
  const onlyDevice = !('code' in source) && stampedVersion(source, 'type') === null;
  const complete = facts.search.state === 'complete';
  const candidates = facts.candidates.map(judgeCandidate);
  if (complete && candidates.length === 0) return { code: 'destination-type-missing', uuid, type };
  const accepting = candidates.filter(({ accepts }) => accepts === true);
  const withRoom = accepting.find(mayHaveRoom);
  if (complete && accepting.length > 0 && withRoom === undefined)
    return { code: 'no-available-instances', uuid, type, parents: accepting.map(({ parent }) => parent) };
  return {
    code: 'destination-device-missing',
    uuid,
    type,
    acceptingParent: withRoom?.parent ?? null,
    unaskedParent: onlyDevice ? (candidates.find(mayHaveRoom)?.parent ?? null) : null,
    offering: candidates.length,
    refusing: candidates.filter(({ accepts }) => accepts === false).length,
  };
}

// Unknown is not full.
function mayHaveRoom({ availableInstances }: Candidate): boolean {
  return availableInstances !== 0;
}

// Parents are asked at their type nodes, so it is that version that has to be usable.
function sourceReason(stamped: StampedFacts): Reason | null {
  const source = stampedSource(stamped);
  if ('code' in source) return source;
  const version = stampedVersion(source, 'type');
  return version === null ? null : versionReason(version, 'type');
}

// Where no parent's type has the guest's model, that is a reason of its own.
function unfitCandidates(hostdev: MdevHostdev, { candidates, search }: DeviceFacts): Reason[] {
  if (search.state !== 'complete') return [];
  const all = candidates.map(({ type, deviceApi }) => modelReasons(hostdev, type, deviceApi)[0]);
  const mismatches = all.filter((reason) => reason?.code === 'model-mismatch');
  return mismatches.length === candidates.length ? mismatches : [];
}

// An attribute that is absent or cannot be read is the type's own no (rules 1 and 2 of the protocol).
function candidateAnswer(
  version: CandidateFacts['version'],
  answer: CandidateFacts['answer'],
): Pick<Candidate, 'accepts' | 'errno'> {
  if (version.state === 'absent') return { accepts: false, errno: ENOENT };
  if (version.state === 'read-failed') return { accepts: false, errno: version.errno };
  if (version.state === 'open-failed') return { accepts: null, errno: version.errno };
  if (answer === null) return { accepts: null, errno: null };
  switch (answer.state) {
    case 'accepted':
      return { accepts: true, errno: null };
    case 'rejected':
      return { accepts: false, errno: answer.errno };
    case 'absent':
      return { accepts: false, errno: ENOENT };
    case 'open-failed':
      return { accepts: null, errno: answer.errno };
    case 'not-asked':
    case 'short':
      return { accepts: null, errno: null };
  }
}
