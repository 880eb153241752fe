// A host's mdev tree at the kernel's own speed, for the clock: a FUSE server would be most of what is measured.
// Directories and plain files on a tmpfs, and for `migration_version` attributes of a real sysfs whose driver takes or
// refuses text: in a network namespace of its own, lo's `ifalias` keeps any text of up to 255 bytes and gives it back,
// and lo's `mtu` refuses whatever is no number with EINVAL (Linux, net/core/net-sysfs.c).
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedHost } from '../src/simulation/description.ts';
import { type AttributeNode, type Directory, hostTree } from '../src/simulation/tree.ts';
import { VERSION } from './hosts.ts';
import { type Place, runBehind } from './place.ts';

const SYSFS = '/mnt/sysfs/class/net/lo';

/**
 * Every run has namespaces of its own; the tree is kept in the temporary directory. The configuration is the one that
 * packages bring. Takes root.
 */
export function kernelHost(host: SimulatedHost): Place {
  const directory = mkdtempSync(join(tmpdir(), 'kernel-host-'));
  write(
    hostTree(host, ignore, () => ''),
    directory,
  );
  // What this machine has defined is none of the host’s.
  const definitions = join(directory, 'mdevctl.d');
  for (const kind of ['callouts', 'notifiers']) mkdirSync(join(definitions, 'scripts.d', kind), { recursive: true });
  const script = `
    mount -t tmpfs tmpfs /mnt
    mkdir /mnt/sysfs /mnt/upper /mnt/work
    mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
    install -D -m 644 '${process.cwd()}/packaging/config.toml' /etc/mdev-preflight/config.toml
    mount -t sysfs sysfs /mnt/sysfs
    printf %s '${VERSION}' >${SYSFS}/ifalias
    cp -a '${directory}/sys' /mnt/sys
    mkdir -p /mnt/sys/fs/cgroup
    mount --rbind /sys/fs/cgroup /mnt/sys/fs/cgroup
    mount --rbind /mnt/sys /sys
    [ ! -d /etc/mdevctl.d ] || mount --bind '${definitions}' /etc/mdevctl.d
    exec "$@"`;
  return runBehind(['unshare', '--mount', '--net', '--propagation', 'private', 'sh', '-euc', script, 'sh']);
}

function write({ entries }: Directory, at: string): void {
  for (const [name, node] of entries) {
    const path = join(at, name);
    if (node.kind === 'directory') {
      mkdirSync(path);
      write(node, path);
    } else if (node.kind === 'link') symlinkSync(node.destination, path);
    else if (name === 'migration_version') symlinkSync(`${SYSFS}/${takes(node) ? 'ifalias' : 'mtu'}`, path);
    else writeFileSync(path, content(node));
  }
}

function takes(node: AttributeNode): boolean {
  const given = node.write?.(VERSION);
  return given !== undefined && 'taken' in given;
}

function content(node: AttributeNode): string {
  const given = node.read();
  return typeof given === 'string' ? given : '';
}

const ignore = (): undefined => undefined;
