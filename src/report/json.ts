// `check --json`: the shape docs/json.md promises. Keys are only ever added.
import { errnoName } from '../model/errno.ts';
import type { ExemptionStanding } from '../model/exemption.ts';
import { printableVersion } from '../model/printable.ts';
import { guestReference, tellReason } from '../model/reasons.ts';
import type { DeviceVerdict, Verdict } from '../model/verdict.ts';
import { exemptionJson } from './exemption.ts';

export const SCHEMA = 1;

export interface Tool {
  readonly name: 'mdev-preflight';
  readonly version: string;
}

export function checkJson(
  { host, domain, outcome, devices }: Verdict,
  exemption: ExemptionStanding,
  tool: Tool,
): object {
  return {
    schema: SCHEMA,
    tool,
    host: host.name,
    domain: { name: domain.name, uuid: domain.uuid },
    verdict: outcome,
    devices: devices.map((device) => deviceJson(device, guestReference(domain))),
    exemption: exemptionJson(exemption),
  };
}

export type ErrorCode = 'usage' | 'invalid-input' | 'config' | 'libvirt' | 'internal';

export function errorJson(code: ErrorCode, message: string): object {
  return { schema: SCHEMA, error: { code, message } };
}

function deviceJson(
  { hostdev, outcome, source, destination, reasons, candidates }: DeviceVerdict,
  guest: string,
): object {
  const { index, uuid, model, guestAddress } = hostdev;
  return {
    index,
    uuid,
    model,
    guestAddress,
    verdict: outcome,
    source: source === null ? null : { ...source, version: shownVersion(source.version) },
    destination: destination === null ? null : { ...destination, version: shownVersion(destination.version) },
    reasons: reasons.map((reason) => {
      const { code, sentence, remedy, errno, path, kernelLog } = tellReason(reason, guest);
      return { code, message: sentence, remedy, errno, path, kernelLog };
    }),
    candidates: candidates.map((candidate) => ({
      ...candidate,
      errno: candidate.errno === null ? null : errnoName(candidate.errno),
    })),
  };
}

function shownVersion(version: string | null): string | null {
  return version === null ? null : printableVersion(version);
}
