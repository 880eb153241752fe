// A guest that is saved, and a driver that is upgraded before it is restored.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CONTENTS, deviceState, freshStampedGuest } from './desktop.ts';
import { type Hosts, startInstalledHosts } from './rig/hosts.ts';

describe('saved, and the driver upgraded since', () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startInstalledHosts();
  });
  beforeEach(() => freshStampedGuest(hosts));
  afterAll(() => hosts.stop());

  test('the restore is refused, the image stays, and restores once the driver is what it was', async () => {
    const { alpha } = hosts;
    const image = '/var/lib/libvirt/images/desktop.save';
    await alpha.output(`virsh save desktop ${image}`);
    await alpha.gpu.set({ software_version: 2 });
    const refused = await alpha.sh(`virsh restore ${image}`);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('version-rejected')]);
    expect(await alpha.state('desktop')).toBe('shut off');
    await alpha.gpu.reset();
    expect(await alpha.sh(`virsh restore ${image}`)).toMatchObject({ status: 0 });
    expect(await deviceState(alpha)).toEqual({ contents: CONTENTS, generation: 1 });
  });

  // libvirt 11.3 deletes a managed save whose restore a hook refuses; the hook keeps it.
  test('the start of a managed save is refused, and the image is kept where the journal says', async () => {
    const { alpha } = hosts;
    await alpha.output('virsh managedsave desktop');
    await alpha.gpu.set({ software_version: 2 });
    await alpha.sh('virsh start desktop');
    expect(await alpha.state('desktop')).toBe('shut off');
    const kept = '/var/lib/libvirt/qemu/save/desktop.save.refused';
    expect(await alpha.output('journalctl -t mdev-preflight -o cat')).toContain(kept);
    await alpha.gpu.reset();
    expect(await alpha.sh(`virsh restore ${kept}`)).toMatchObject({ status: 0 });
    expect(await deviceState(alpha)).toEqual({ contents: CONTENTS, generation: 1 });
  });
});
