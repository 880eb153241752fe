// What an operator types on the hosts of a rig, and what there is to see.
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { SMALL, SLICES, versionOf } from './gpu-hosts.ts';
import { PATH } from './rig/configuration.ts';
import type { CommandResult } from './rig/enter.ts';
import type { LiveHost } from './rig/host.ts';
import { COMMAND } from './rig/installation.ts';

/** The command line program. */
export function mdevPreflight(host: LiveHost, ...words: readonly string[]): Promise<CommandResult> {
  return host.run([COMMAND, ...words]);
}

/** The UUID of the n-th guest of a suite. */
export function guestUuid(number: number): string {
  return `22222222-aaaa-4bbb-8ccc-${String(number).padStart(12, '0')}`;
}

/** The guest's stamp as virsh shows it, on one line and without its time; empty where it has none. */
export async function stampOn(host: LiveHost, guest: string): Promise<string> {
  return (await metadata(host, guest, STAMP_NAMESPACE)).replace(/ time="[-\dT:]+Z"/, '');
}

export async function exemptionOn(host: LiveHost, guest: string): Promise<string> {
  return metadata(host, guest, EXEMPTION_NAMESPACE);
}

/** When the guest was stamped. */
export async function stampedAt(host: LiveHost, guest: string): Promise<string> {
  return / time="([^"]*)"/.exec(await metadata(host, guest, STAMP_NAMESPACE))?.[1] ?? '';
}

async function metadata(host: LiveHost, guest: string, namespace: string): Promise<string> {
  const { stdout } = await host.virsh('metadata', '--domain', guest, '--uri', namespace);
  return stdout.trim().replace(/>\s+</g, '><');
}

/** What stampOn gives for a guest with a small slice that carries the facts of `host`. */
export function factsOf(
  host: LiveHost,
  { version, parent = '0000:00:02.0', slice = SLICES[0] }: { version: number; parent?: string; slice?: string },
): string {
  const id = host.readFile('/etc/machine-id').trim();
  const versions = `<version node="device" error="ENOENT"/><version node="type" value="${versionOf(version)}%0A"/>`;
  const device = `<device index="0" address="pci:0000:01:00.0" uuid="${slice}" type="${SMALL}" parent="${parent}">`;
  return `<stamp host="${host.name}" host-id="${id}">${device}${versions}</device></stamp>`;
}

/** What virsh prints where the hook refuses: libvirt's words around the hook's. */
export function refusedBy(
  { guest, status, operation = 'migrate' }: { guest: string; status: 1 | 3; operation?: 'migrate' | 'restore' },
  ...told: readonly string[]
): string {
  const hook = `/etc/libvirt/hooks/qemu.d/50-mdev-preflight ${guest} ${operation} begin -`;
  return `error: Hook script execution failed: internal error: Child process (LC_ALL=C PATH=${PATH} HOME=/root ${hook}) unexpected exit status ${String(status)}: ${told.map((line) => `mdev-preflight: ${line}\n`).join('')}\n`;
}

/** How often a driver of the host was asked, and with what: the writes since the last call. */
export function questionsTo(host: LiveHost): (readonly [path: string, version: string | undefined])[] {
  const writes = host.sim.seen().filter(({ operation }) => operation === 'write');
  return writes.map(({ path, data }) => [path, data] as const);
}

/** Domains and QEMU processes on a host. */
export async function everythingOn(host: LiveHost): Promise<string[]> {
  const domains = await host.virsh('list', '--all', '--name');
  const processes = await host.run(['pidof', 'qemu-system-x86_64']);
  return `${domains.stdout} ${processes.stdout}`.split(/\s+/).filter((word) => word !== '');
}
