// What `virsh version --daemon` prints.
import { describe, expect, it } from 'vitest';
import { parseVersions } from '../../src/libvirt/versions.ts';

const printed = (libvirt: string, hypervisor: string, daemon: string): string =>
  `Compiled against library: libvirt ${libvirt}\nUsing library: libvirt ${libvirt}\nUsing API: QEMU ${libvirt}\n${hypervisor}\n${daemon}\n`;

describe('the releases of daemon and QEMU', () => {
  it.each([
    ['9.0.0', '7.2.22', [9, 0, 0], [7, 2, 22]],
    ['11.3.0', '10.0.2', [11, 3, 0], [10, 0, 2]],
  ])('libvirt %s, QEMU %s', (libvirt, hypervisor, daemon, qemu) => {
    const text = printed(libvirt, `Running hypervisor: QEMU ${hypervisor}`, `Running against daemon: ${libvirt}`);
    expect(parseVersions(text)).toEqual({ daemon, qemu });
  });

  it('the daemon’s is not the library’s: it may be older than what is installed', () => {
    const text = printed('11.3.0', 'Running hypervisor: QEMU 10.0.2', 'Running against daemon: 6.4.0');
    expect(parseVersions(text).daemon).toEqual([6, 4, 0]);
  });

  it('may not be known', () => {
    const text = printed('9.0.0', 'Cannot extract running QEMU hypervisor version', '');
    expect(parseVersions(text)).toEqual({ daemon: null, qemu: null });
    expect(parseVersions(printed('9.0.0', 'Running hypervisor: Test 2', '')).qemu).toBeNull();
    expect(parseVersions('')).toEqual({ daemon: null, qemu: null });
  });
});
