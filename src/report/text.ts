// `check` for people.
import type { DeviceVerdict, Verdict } from '../model/verdict.ts';
import { describeErrno } from '../model/errno.ts';
import type { ExemptionStanding } from '../model/exemption.ts';
import { printable, printableVersion } from '../model/printable.ts';
import { guestReference, reasonPage, tellReason } from '../model/reasons.ts';
import { exemptionText } from './exemption.ts';

export function checkText({ domain, host, outcome, devices }: Verdict, exemption: ExemptionStanding): string {
  const guest = printable(domain.name ?? '(no name)');
  if (devices.length === 0) return `guest '${guest}' has no mdev: nothing to ask\n`;
  const count = devices.length === 1 ? '1 mdev' : `${String(devices.length)} mdevs`;
  const blocks = devices.map((device) => deviceText(device, guestReference(domain)));
  const beside = exemptionText(exemption);
  if (beside !== '') blocks.push(beside);
  return `guest '${guest}', ${count}, on this host '${printable(host.name)}'\n\n${blocks.join('\n')}\n${outcome}\n`;
}

function deviceText(
  { hostdev, outcome, source, destination, reasons, candidates }: DeviceVerdict,
  guest: string,
): string {
  const where = printable(hostdev.guestAddress ?? `mdev hostdev ${String(hostdev.index)}`);
  const lines = [`${hostdev.uuid}  ${where}  ${outcome}`];
  if (source !== null) {
    lines.push(`  source       ${side(source)}`);
    lines.push(`               stamped on '${printable(source.host)}' at ${source.stampedAt}`);
  }
  if (destination !== null) lines.push(`  destination  ${side(destination)}`);
  for (const reason of reasons) {
    const { code, sentence, remedy, path, kernelLog } = tellReason(reason, guest);
    lines.push(`  ${code}: ${sentence}`);
    if (path !== null) lines.push(`      where: ${printable(path)}`);
    for (const line of kernelLog) lines.push(`      kernel log, possibly related: ${printable(line)}`);
    lines.push(`      next:  ${remedy}`);
    lines.push(`      more:  ${reasonPage(code)}`);
  }
  for (const { parent, type, availableInstances, accepts, errno } of candidates) {
    const words = { true: 'accepts', false: 'does not accept', null: 'gave no answer' } as const;
    const why = errno === null ? '' : `: ${describeErrno(errno)}`;
    const room = availableInstances === null ? 'unknown' : String(availableInstances);
    lines.push(
      `  parent '${printable(parent)}' type '${printable(type)}' ${words[String(accepts) as 'true' | 'false' | 'null']}${why}; available instances: ${room}`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

function side({
  type,
  parent,
  version,
  node,
}: {
  type: string;
  parent: string | null;
  version: string | null;
  node: string | null;
}): string {
  const shown = version === null ? 'no version' : `version '${printableVersion(version)}'`;
  const at = node === null ? '' : ` (${node} node)`;
  return `type '${printable(type)}' on parent '${printable(parent ?? 'unknown')}', ${shown}${at}`;
}
