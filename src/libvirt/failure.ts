// What virsh's words mean. Every failure of virsh ends with status 1 and English text (LC_ALL=C), and
// nothing else tells them apart (libvirt, tools/vsh.c, vshReportError prints the message alone).
import type { LibvirtFailure } from './port.ts';

const MEANINGS: readonly (readonly [RegExp, LibvirtFailure['kind']])[] = [
  [/^error: (?:failed to connect to the hypervisor|Disconnected from |.*client socket is closed)/m, 'unreachable'],
  [
    /End of file while (?:reading|writing) data|Cannot (?:recv|write) data|no valid connection|keepalive/m,
    'unreachable',
  ],
  // virsh's own words, then libvirt's (VIR_ERR_NO_DOMAIN, and VIR_ERR_OPERATION_INVALID of virDomainObjCheckActive).
  [/^error: (?:failed to get domain |Domain not found)|domain is not running/m, 'no-guest'],
  // VIR_ERR_OPERATION_TIMEOUT of virDomainObjBeginJob, after 30 s.
  [/cannot acquire state change lock/, 'busy'],
];

/** `text`: what virsh printed on standard error. */
export function failureOf(text: string): LibvirtFailure {
  const kind = MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? 'failed';
  return { kind, text: ownWords(text) };
}

// The last message is the most precise one; the first only says which call of virsh it was.
function ownWords(text: string): string {
  const messages = text
    .split('\n')
    .filter((line) => line.startsWith('error: '))
    .map((line) => line.slice('error: '.length));
  return messages.at(-1) ?? text.trim();
}
