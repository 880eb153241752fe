// Looks each hostdev up on this host and asks its driver: facts only, nothing is judged here but
// whether a question may be put.
import { candidateQuestion, questionFor } from '../judge/question.ts';
import type { MdevHostdev } from '../model/domain.ts';
import { ESTALE } from '../model/errno.ts';
import type { Answer, DeviceLook } from '../model/facts.ts';
import { printableVersion } from '../model/printable.ts';
import type { StampedFacts } from '../model/stamp.ts';
import type { VersionBytes } from '../model/version.ts';
import { announcing, type SysfsIo } from '../sysfs/io.ts';
import {
  identify,
  lookUpDevice,
  lookUpType,
  mdevPath,
  mdevQuestionPath,
  parents,
  typeQuestionPath,
  typesOf,
} from '../sysfs/look.ts';
import type { Progress } from './progress.ts';

/** One hostdev of the guest and what the stamp says of it. */
export interface Case {
  readonly hostdev: MdevHostdev;
  readonly stamped: StampedFacts;
}

export interface GatherOptions {
  /** False: look only; no driver is asked (for `stamp`). */
  readonly ask: boolean;
  /** Whether the driver's words are looked for in the kernel log after a refusal. */
  readonly kernelLog: boolean;
  /** True once the deadline has passed: nothing more is begun then. */
  readonly expired: () => boolean;
}

/** Tells `emit` each fact as it is found, and each action before it is begun. */
export function gather(
  io: SysfsIo,
  cases: readonly Case[],
  options: GatherOptions,
  emit: (step: Progress) => void,
): void {
  for (const { hostdev, stamped } of cases) {
    if (options.expired()) return;
    const device = hostdev.index;
    const host = announcing(io, (waiting) => {
      emit({ device, waiting });
    });
    const which = identify(host, hostdev.uuid);
    const still = (): boolean => which !== null && identify(host, hostdev.uuid) === which;
    const look = ofOne(lookUpDevice(host, hostdev.uuid), still, host.fullPath(mdevPath(hostdev.uuid)));
    emit({ device, look });
    if (!options.ask) continue;
    if (look.kind === 'missing' && stamped.kind === 'device')
      askCandidates(host, { hostdev, stamped }, stamped.device.type, options, emit);
    if (look.kind !== 'present') continue;
    const question = questionFor(hostdev, stamped, look);
    if (!('version' in question)) continue;
    if (options.expired()) return;
    const path = mdevQuestionPath(hostdev.uuid, question.node);
    const answer = ask(host, path, question.version, [look.parent, look.type], options);
    const another = answer.state === 'accepted' && !still();
    emit({ device, answer: another ? { path: answer.path, state: 'not-asked', cause: 'changed' } : answer });
  }
}

// A mdev may be removed and made again at any moment, of another type, on another parent, or by a driver that was
// updated meanwhile. Type, parent and versions of the look are of one and the same mdev (they may become a stamp), and
// so is the answer: the mdev at the end is the one at the beginning, so it was there all the time.
function ofOne(look: DeviceLook, still: () => boolean, path: string): DeviceLook {
  return look.kind !== 'present' || still() ? look : { kind: 'unknown', path, errno: ESTALE };
}

// A mdev that is not here: every parent that offers its type is asked, for each may answer differently.
function askCandidates(
  io: SysfsIo,
  it: Case,
  type: string,
  options: GatherOptions,
  emit: (step: Progress) => void,
): void {
  const device = it.hostdev.index;
  emit({ device, search: { state: 'under-way' } });
  const all = parents(io);
  if (!all.ok) {
    emit({ device, search: { state: 'failed', path: all.path, errno: all.errno } });
    return;
  }
  for (const parent of all.value) {
    if (options.expired()) return;
    const types = typesOf(io, parent);
    if (!types.ok) {
      emit({ device, search: { state: 'failed', path: types.path, errno: types.errno } });
      return;
    }
    if (!types.value.includes(type)) continue;
    const found = lookUpType(io, parent, type);
    emit({ device, candidate: { ...found, answer: null } });
    const question = candidateQuestion(it.hostdev, it.stamped, found);
    if (question === null) continue;
    if (options.expired()) return;
    const answer = ask(io, typeQuestionPath(parent, type), question.version, [parent, type], options);
    emit({ device, candidate: { ...found, answer } });
  }
  emit({ device, search: { state: 'complete' } });
}

function ask(
  io: SysfsIo,
  path: string,
  version: VersionBytes,
  names: readonly string[],
  options: GatherOptions,
): Answer {
  const moment = io.kernelLogNow();
  const answer = io.offer(path, version);
  if (answer.state !== 'rejected' || !options.kernelLog) return answer;
  return { ...answer, kernelLog: relatedLines(io.kernelLogSince(moment), version, names) };
}

const LINES_TOLD = 4;

// The lines that hold the offered version and name the parent or the type, else those that do one of it: the version that
// is refused here may be the one that another driver has, or is asked, at the same moment. A version's last newline is
// not printed as itself in the log.
function relatedLines(lines: readonly string[], version: VersionBytes, names: readonly string[]): string[] {
  const offered = printableVersion(version);
  const holding = lines.filter((line) => offered !== '' && line.includes(offered));
  const naming = lines.filter((line) => names.some((name) => line.includes(name)));
  const both = holding.filter((line) => naming.includes(line));
  const related = [both, holding, naming].find(({ length }) => length > 0) ?? [];
  return [...new Set(related)].slice(-LINES_TOLD);
}
