// Where the kernel does not count what a thread writes, a short write that Node completed could pass for a whole one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { stampOn } from '../preflight/exchange.ts';
import { callHook } from './call.ts';
import { onHost } from './on-host.ts';

describe.skipIf(!CAN_MOUNT)('hooks/qemu where /proc tells nothing (needs root and /dev/fuse)', () => {
  let host: MountedHost;
  beforeAll(async () => {
    host = await mountHost(gvtHost('beta', 1));
  });
  afterAll(() => host.unmount());

  it('refuses a guest that it would accept, says why, and the driver was not asked', async () => {
    const words = ['desktop-7', 'migrate', 'begin', '-'];
    const xml = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
    expect(await callHook(words, { xml, wrapper: onHost(host) })).toMatchObject({ status: 0, stderr: '' });
    expect(writes(host)).toBe(1);

    const hidden = ['/bin/sh', '-c', '/usr/bin/mount -t tmpfs tmpfs /proc && exec "$@"', 'sh'];
    const result = await callHook(words, { xml, wrapper: [...onHost(host), ...hidden] });
    expect(result).toMatchObject({ status: 3, stdout: '' });
    expect(result.stderr).toContain(
      ': destination-not-asked: the driver here could not be asked: ' +
        '/proc/thread-self/io cannot be read, so a short write could pass for a whole one; ',
    );
    expect(result.stderr).toMatch(
      /\. Next: see what is mounted there, on this host: findmnt --target \/proc\/thread-self\/io\n$/,
    );
    expect(writes(host)).toBe(0);
  });
});

function writes(host: MountedHost): number {
  return host.seen().filter(({ operation }) => operation === 'write').length;
}
