// Two hosts and a guest that show the whole exchange: the demo, and the ground of many tests.
import type { SimulatedHost, SimulatedType } from './description.ts';
import { I915 } from './rules.ts';

export const FIRST_MDEV = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001';
export const SECOND_MDEV = '83b8f4f2-509f-382f-3c1e-e6bfe0fa1002';
const PARENT = '0000:00:02.0';

/** A host with one GPU that offers two types in slices, and one mdev of each. `software` is the driver's migration version. */
export function gvtHost(name: string, software: number): SimulatedHost {
  const type = (size: number, availableInstances: number): SimulatedType => ({
    name: `GVTg_V5_${String(size)}`,
    description: `low_gm_size: ${String(size * 32)}MB`,
    deviceApi: 'vfio-pci',
    availableInstances,
    migrationVersion: {
      read: `8086-591d-GVTg_V5_${String(size)}-${software.toString(16).padStart(8, '0')}\n`,
      rule: I915,
    },
  });
  return {
    name,
    parents: { [PARENT]: { driver: 'i915', types: { 'i915-GVTg_V5_4': type(4, 1), 'i915-GVTg_V5_8': type(8, 3) } } },
    mdevs: {
      [FIRST_MDEV]: { parent: PARENT, type: 'i915-GVTg_V5_4' },
      [SECOND_MDEV]: { parent: PARENT, type: 'i915-GVTg_V5_8' },
    },
  };
}

/** The part of a domain XML that matters here, as libvirt would write it. */
export function guestXml(name: string, uuids: readonly string[]): string {
  const hostdevs = uuids.map(
    (uuid, index) => `    <hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci' display='off'>
      <source>
        <address uuid='${uuid}'/>
      </source>
      <address type='pci' domain='0x0000' bus='0x${(index + 1).toString(16).padStart(2, '0')}' slot='0x00' function='0x0'/>
    </hostdev>
`,
  );
  return `<domain type='kvm'>
  <name>${name}</name>
  <uuid>22222222-aaaa-4bbb-8ccc-000000000002</uuid>
  <memory unit='KiB'>65536</memory>
  <os>
    <type arch='x86_64' machine='pc-q35-10.0'>hvm</type>
  </os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
${hostdevs.join('')}  </devices>
</domain>
`;
}
