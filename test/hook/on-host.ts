// Runs the hook on a simulated host: in a mount namespace of its own, whose /sys and /dev/kmsg are the
// host's and whose /etc has the given configuration. The machine's own stay as they are.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MountedHost } from '../fuse/mount.ts';

/** The command to put in front of the hook. `config`: the text of /etc/mdev-preflight/config.toml, or none. */
export function onHost({ directory }: MountedHost, config?: string): string[] {
  const lines = [`mount --bind '${directory}/sys' /sys`, `mount --bind '${directory}/dev/kmsg' /dev/kmsg`];
  if (config !== undefined) {
    const file = join(directory, '../config.toml');
    writeFileSync(file, config);
    lines.push(
      'mount -t tmpfs tmpfs /mnt',
      'mkdir /mnt/upper /mnt/work',
      'mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc',
      'mkdir -p /etc/mdev-preflight',
      `cp '${file}' /etc/mdev-preflight/config.toml`,
    );
  }
  const script = `PATH=/usr/sbin:/usr/bin:/sbin:/bin; ${lines.join(' && ')} || exit 99; PATH=$HOOK_PATH; exec "$@"`;
  return [
    '/bin/sh',
    '-c',
    'HOOK_PATH=$PATH; export HOOK_PATH; exec /usr/bin/unshare -m --propagation private /bin/sh -c "$0" sh "$@"',
    script,
  ];
}

export interface KeptHost {
  /** The command to put in front of the hook. */
  readonly enter: readonly string[];
  leave(): void;
}

/** The same, made once for many calls. */
export async function keptHost(host: MountedHost, config?: string): Promise<KeptHost> {
  const command = [...onHost(host, config), '/bin/sh', '-c', 'echo ready; exec /usr/bin/sleep infinity'];
  const keeper = spawn('/usr/bin/env', command, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  await once(keeper.stdout, 'data');
  return {
    enter: ['/usr/bin/nsenter', '--mount', `--target=${String(keeper.pid)}`],
    leave: () => {
      keeper.kill();
    },
  };
}
