// The files of a host of a rig, which it finds on top of this machine's own.
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGED } from './installation.ts';

/** Where libvirtd and all commands on a host find their programs: `node`, and a `logger` that tests can read. */
export const PATH = '/run/rig/bin:/usr/sbin:/usr/bin:/sbin:/bin';
export const JOURNAL = '/run/rig/journal';
export const DAEMON_LOG = '/var/log/libvirt/libvirtd.log';
export const CONFIG_FILE = '/etc/mdev-preflight/config.toml';

export interface Address {
  readonly name: string;
  readonly address: string;
  /** QEMU listens for an incoming migration on one of these. The hosts of a rig share a network namespace. */
  readonly ports: readonly [number, number];
}

export function addressOf(name: string, index: number): Address {
  const first = 49152 + index * 16;
  return { name, address: `192.0.2.${String(index + 1)}`, ports: [first, first + 15] };
}

/** Writes what host.sh puts in place into `home`. `config`: the configuration file of mdev-preflight. */
export function writeConfiguration(home: string, host: Address, all: readonly Address[], config?: string): void {
  const root = join(home, 'root');
  const put = (path: string, text: string, mode = 0o644): void => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
  };
  const { name, address, ports } = host;
  // Each host must seem another machine to libvirt, which else refuses to migrate: by its UUID, which by
  // default is the mainboard's, and by its name, which must not be localhost.
  const uuid = randomUUID();
  writeFileSync(join(home, 'address'), address);
  if (config !== undefined) put(CONFIG_FILE, config);
  put('etc/hostname', `${name}\n`);
  put('etc/machine-id', `${uuid.replaceAll('-', '')}\n`);
  put('etc/hosts', ['127.0.0.1 localhost', ...all.map((one) => `${one.address} ${one.name}`), ''].join('\n'));
  put(
    'etc/libvirt/libvirtd.conf',
    `host_uuid = "${uuid}"
listen_tls = 0
listen_tcp = 1
listen_addr = "${address}"
auth_tcp = "none"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_filters = "1:qemu.qemu_migration 1:util.hook"
log_outputs = "2:file:${DAEMON_LOG}"
`,
  );
  put(
    'etc/libvirt/qemu.conf',
    `user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
remember_owner = 0
stdio_handler = "file"
migration_address = "${address}"
migration_host = "${name}"
migration_port_min = ${String(ports[0])}
migration_port_max = ${String(ports[1])}
`,
  );
  put('run/rig/bin/logger', `#!/bin/sh\nprintf '%s\\n' "$*" >>${JOURNAL}\n`, 0o755);
  // A package runs the machine's own.
  if (!PACKAGED) symlinkSync(process.execPath, join(root, 'run/rig/bin/node'));
}
