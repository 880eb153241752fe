// Guests as libvirt writes their domain XML for a hook.
import { mdevUuid, numbers } from './hosts.ts';
import { asLibvirt, type Place, printed } from './place.ts';
import { COMMAND } from './programs.ts';

/** 5 MiB. */
export const ENORMOUS = 5 * 1024 * 1024;
const ROOT_PORTS = 16;

/** About 9 KB: what virt-manager makes of a server with two disks and two networks. */
export function guest(mdevs: readonly string[] = [], smallest = 0): string {
  const ports = numbers(ROOT_PORTS + mdevs.length).map(rootPort);
  const hostdevs = mdevs.map((uuid, index) => hostdev(uuid, ROOT_PORTS + index + 1));
  const head = `<domain type='kvm'>
  <name>server</name>
  <uuid>22222222-aaaa-4bbb-8ccc-000000000002</uuid>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://debian.org/debian/12"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>8388608</currentMemory>
  <vcpu placement='static'>4</vcpu>
  <resource>
    <partition>/machine</partition>
  </resource>
  <os>
    <type arch='x86_64' machine='pc-q35-9.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
    <apic/>
    <vmport state='off'/>
  </features>
  <cpu mode='custom' match='exact' check='full'>
    <model fallback='forbid'>Skylake-Client-IBRS</model>
    <vendor>Intel</vendor>
${['vmx', 'ss', 'hypervisor', 'tsc_adjust', 'clflushopt', 'umip', 'md-clear', 'stibp', 'ssbd', 'xsaves', 'pdpe1gb'].map((name) => `    <feature policy='require' name='${name}'/>\n`).join('')}  </cpu>
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
    <timer name='pit' tickpolicy='delay'/>
    <timer name='hpet' present='no'/>
  </clock>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <pm>
    <suspend-to-mem enabled='no'/>
    <suspend-to-disk enabled='no'/>
  </pm>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
`;
  const tail = `    <controller type='usb' index='0' model='qemu-xhci' ports='15'>
      <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>
    </controller>
    <controller type='pci' index='0' model='pcie-root'>
    </controller>
${ports.join('')}${network(0)}${network(1)}    <controller type='sata' index='0'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/>
    </controller>
    <controller type='virtio-serial' index='0'>
      <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>
    </controller>
    <serial type='pty'>
      <target type='isa-serial' port='0'>
        <model name='isa-serial'/>
      </target>
    </serial>
    <channel type='unix'>
      <source mode='bind' path='/run/libvirt/qemu/channel/7-server/org.qemu.guest_agent.0'/>
      <target type='virtio' name='org.qemu.guest_agent.0'/>
      <address type='virtio-serial' controller='0' bus='0' port='1'/>
    </channel>
    <console type='pty'>
      <target type='serial' port='0'/>
    </console>
    <channel type='spicevmc'>
      <target type='virtio' name='com.redhat.spice.0'/>
      <address type='virtio-serial' controller='0' bus='0' port='2'/>
    </channel>
    <input type='tablet' bus='usb'>
      <address type='usb' bus='0' port='1'/>
    </input>
    <graphics type='vnc' port='5900' autoport='yes' listen='127.0.0.1'>
      <listen type='address' address='127.0.0.1'/>
    </graphics>
    <sound model='ich9'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x1b' function='0x0'/>
    </sound>
    <audio id='1' type='none'/>
    <video>
      <model type='virtio' heads='1' primary='yes'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>
    </video>
${hostdevs.join('')}    <redirdev bus='usb' type='spicevmc'>
      <address type='usb' bus='0' port='2'/>
    </redirdev>
    <watchdog model='i6300esb' action='reset'>
      <address type='pci' domain='0x0000' bus='0x07' slot='0x01' function='0x0'/>
    </watchdog>
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>
    </memballoon>
    <rng model='virtio'>
      <backend model='random'>/dev/urandom</backend>
      <address type='pci' domain='0x0000' bus='0x06' slot='0x00' function='0x0'/>
    </rng>
  </devices>
</domain>
`;
  const disks = [disk(0), disk(1)];
  for (let size = head.length + tail.length; size + disks.length * disk(0).length < smallest;)
    disks.push(disk(disks.length));
  return `${head}${disks.join('')}${tail}`;
}

/** The guest with the stamp of `source`, which has its mdevs. */
export function stamped(source: Place, xml: string): Promise<string> {
  return printed(source, asLibvirt([COMMAND, 'stamp', '--xml', '-']), xml);
}

/** One mdev, and disks up to ENORMOUS bytes. */
export function enormousGuest(): string {
  return guest([mdevUuid(1)], ENORMOUS);
}

function rootPort(index: number): string {
  return `    <controller type='pci' index='${String(index + 1)}' model='pcie-root-port'>
      <model name='pcie-root-port'/>
      <target chassis='${String(index + 1)}' port='0x${(index + 8).toString(16)}'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x${slot(index)}' function='0x${String(index % 8)}'/>
    </controller>
`;
}

function disk(index: number): string {
  return `    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' discard='unmap'/>
      <source file='/var/lib/libvirt/images/server-${String(index).padStart(6, '0')}.qcow2' index='${String(index + 1)}'/>
      <backingStore/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
    </disk>
`;
}

function network(index: number): string {
  return `    <interface type='bridge'>
      <mac address='52:54:00:6b:3c:0${String(index)}'/>
      <source bridge='br${String(index)}'/>
      <target dev='vnet${String(index)}'/>
      <model type='virtio'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x0${String(index)}' function='0x0'/>
    </interface>
`;
}

function hostdev(uuid: string, bus: number): string {
  return `    <hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci' display='off'>
      <source>
        <address uuid='${uuid}'/>
      </source>
      <address type='pci' domain='0x0000' bus='0x${bus.toString(16).padStart(2, '0')}' slot='0x00' function='0x0'/>
    </hostdev>
`;
}

function slot(index: number): string {
  return (Math.floor(index / 8) + 2).toString(16).padStart(2, '0');
}
