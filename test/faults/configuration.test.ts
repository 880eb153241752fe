// A configuration file that cannot be read, whatever stands in its place: guests with mdevs are refused with its name,
// at once, and nobody else notices.
import { describe, it } from 'vitest';
import { CAN_MOUNT } from '../fuse/mount.ts';
import { environment, mounted } from './environment.ts';

const FILE = '/etc/mdev-preflight/config.toml';
const refused = (why: string): RegExp =>
  new RegExp(
    `^mdev-preflight: refused: guest 'mdevguest': the guest has mdevs, and the configuration cannot be used: ${FILE}: ${why}.*\\. Next: correct it on this host: ${FILE}\n$`,
  );
const placed = (command: string): readonly string[] =>
  mounted(`mount -t tmpfs tmpfs /etc/mdev-preflight; cd /etc/mdev-preflight; ${command}; cd /`);

describe.skipIf(!CAN_MOUNT)('hooks/qemu, with a configuration that is (needs root and /dev/fuse)', () => {
  const { both } = environment();

  it.each([
    ['a directory', 'mkdir config.toml', 'it is no regular file'],
    ['a symbolic link to itself', 'ln -s config.toml config.toml', 'it cannot be read: ELOOP'],
    [
      'in a directory that is none',
      'cd /; umount /etc/mdev-preflight; mount -t tmpfs tmpfs /etc; : >/etc/mdev-preflight',
      'it cannot be read: ENOTDIR',
    ],
    ['a device that never ends', 'ln -s /dev/zero config.toml', 'it is no regular file'],
    ['a terminal', 'ln -s /dev/tty config.toml', 'it '],
    // Nothing is mapped at 0.
    ['on a disk with errors', ': >config.toml; mount --bind /proc/$$/mem config.toml', 'it cannot be read: EIO'],
    ['larger than any string', 'truncate -s 5G config.toml', 'it is larger than 1 MiB'],
    ['no text', 'head -c 100000 /dev/urandom >config.toml', 'line \\d+'],
    ['100 MB', 'truncate -s 100M config.toml', 'it is larger than 1 MiB'],
  ])('%s', async (_, command, why) => {
    await both({ wrapper: placed(command) }, refused(why));
  });

  it('long, and valid', async () => {
    await both(
      { wrapper: placed(`yes '# a remark, and nothing else' | head -c 1048576 | sed '$d' >config.toml`) },
      'accepted',
    );
  });
});
