// Guests for a rig: small enough for emulation, without an operating system; the firmware's loop is enough.
import { randomUUID } from 'node:crypto';

export interface GuestMdev {
  readonly uuid: string;
  /** The root port it stands behind; that of its place in the list where it is left out. */
  readonly bus?: number;
}

export interface GuestOptions {
  readonly uuid?: string;
  readonly mdevs?: readonly GuestMdev[];
  /** The content of <metadata>. */
  readonly metadata?: string;
  /** QEMU's machine type; MACHINE where it is left out. */
  readonly machine?: string;
}

const ROOT_PORTS = [1, 2, 3, 4];

// From 6.1 on, q35 unplugs by ACPI, which takes an operating system in the guest. Up to 6.0 it is the root port
// that unplugs, at once where nobody has switched the slot on: whatever was attached later can be detached,
// though not what was there at the start.
const MACHINE = 'pc-q35-6.0';

/** A complete domain XML. Four root ports take mdevs, those of the start and those that are attached later. */
export function guestDefinition(
  name: string,
  { uuid, mdevs = [], metadata, machine = MACHINE }: GuestOptions = {},
): string {
  const ports = ROOT_PORTS.map(
    (index) => `    <controller type='pci' index='${String(index)}' model='pcie-root-port'/>\n`,
  );
  return `<domain type='qemu'>
  <name>${name}</name>
  <uuid>${uuid ?? randomUUID()}</uuid>
${metadata === undefined ? '' : `  <metadata>${metadata}</metadata>\n`}  <memory unit='KiB'>65536</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='${machine}'>hvm</type>
  </os>
  <cpu mode='custom' match='exact'>
    <model fallback='allow'>qemu64</model>
  </cpu>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/>
${ports.join('')}    <serial type='pty'/>
    <memballoon model='none'/>
${mdevs.map((mdev, index) => indented(hostdev({ bus: index + 1, ...mdev }))).join('')}  </devices>
</domain>
`;
}

/** What `virsh attach-device` and `detach-device` take. */
export function hostdev({ uuid, bus = 1 }: GuestMdev): string {
  const hex = bus.toString(16).padStart(2, '0');
  return `<hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci'>
  <source>
    <address uuid='${uuid}'/>
  </source>
  <address type='pci' domain='0x0000' bus='0x${hex}' slot='0x00' function='0x0'/>
</hostdev>
`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
