// The lines of `virsh version --daemon` (libvirt, tools/virsh-host.c, cmdVersion):
//
//   Running hypervisor: QEMU 10.0.2
//   Running against daemon: 11.3.0
//
// The first names the emulator that libvirt uses by default, and is another sentence where it cannot be told.
import { parseRelease } from '../model/release.ts';
import type { Versions } from './port.ts';

export function parseVersions(text: string): Versions {
  const [, qemu = ''] = /^Running hypervisor: QEMU (.*)$/m.exec(text) ?? [];
  const [, daemon = ''] = /^Running against daemon: (.*)$/m.exec(text) ?? [];
  return { daemon: parseRelease(daemon), qemu: parseRelease(qemu) };
}
