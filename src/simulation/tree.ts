// A simulated host as the directory tree its kernel would show (Linux,
// Documentation/driver-api/vfio-mediated-device.rst), links included. Its root holds `sys` and
// `dev/kmsg`, so that a mount of it is used with `--sysfs-root MOUNT/sys`.
import { answer } from './rules.ts';
import type { Failure, SimulatedAttribute, SimulatedHost } from './description.ts';

export type TreeNode =
  | {
      readonly kind: 'directory';
      readonly entries: Map<string, TreeNode>;
      /** Of all that ever were at this path, which. */
      readonly which: string;
    }
  | { readonly kind: 'link'; readonly destination: string }
  | AttributeNode;

export interface AttributeNode {
  readonly kind: 'attribute';
  readonly mode: number;
  readonly openErrno: number | null;
  /** Milliseconds that a write takes. */
  readonly delay: number;
  /** Bytes, one character each; an errno; or no answer, ever. */
  readonly read: () => string | Failure;
  /** The bytes taken; an errno; or no answer. Null: the attribute has no store method. */
  readonly write: ((offered: string) => { readonly taken: number } | Failure) | null;
}

export type Directory = Extract<TreeNode, { kind: 'directory' }>;

const READ_ONLY = 0o444;
const READ_WRITE = 0o644;

/** `log` gets the lines the drivers would print to the kernel log; `kernelLog` is the text of /dev/kmsg. */
export function hostTree(host: SimulatedHost, log: (line: string) => void, kernelLog: () => string): Directory {
  const root = directory();
  const sys = make(root, 'sys');
  make(sys, 'bus/mdev/devices');
  make(sys, 'class/mdev_bus');
  make(sys, 'devices/pci0000:00');
  make(sys, 'kernel/iommu_groups');
  for (const [parent, { driver, types }] of Object.entries(host.parents)) {
    const home = `devices/pci0000:00/${parent}`;
    put(sys, `class/mdev_bus/${parent}`, link(`../../${home}`));
    const offered = make(sys, `${home}/mdev_supported_types`);
    for (const [id, type] of Object.entries(types)) {
      const entries = make(offered, id);
      put(entries, 'create', writeOnly());
      put(entries, 'device_api', constant(type.deviceApi));
      put(entries, 'available_instances', constant(String(type.availableInstances)));
      put(entries, 'name', constant(type.name ?? id));
      if (type.description !== undefined) put(entries, 'description', constant(type.description));
      make(entries, 'devices');
      if (type.migrationVersion !== undefined)
        put(entries, 'migration_version', versionNode(type.migrationVersion, `${driver} ${parent}`, log));
    }
  }
  for (const [number, [uuid, it]] of Object.entries(host.mdevs).entries()) {
    const { parent, type, creation, migrationVersion } = it;
    const home = `devices/pci0000:00/${parent}/${uuid}`;
    const mdev = directory(`${type} ${String(creation ?? 0)}`);
    put(sys, home, mdev);
    put(mdev, 'mdev_type', link(`../mdev_supported_types/${type}`));
    // A group for each mdev, as vfio_register_emulated_iommu_dev makes it. libvirt takes its number for the
    // name of the node in /dev/vfio.
    const group = `kernel/iommu_groups/${String(number)}`;
    put(mdev, 'iommu_group', link(`../../../../${group}`));
    put(sys, `${group}/devices/${uuid}`, link(`../../../../${home}`));
    put(sys, `bus/mdev/devices/${uuid}`, link(`../../../${home}`));
    const driver = host.parents[parent]?.driver ?? '';
    if (migrationVersion !== undefined)
      put(mdev, 'migration_version', versionNode(migrationVersion, `${driver} ${parent}`, log));
  }
  put(root, 'dev/kmsg', {
    kind: 'attribute',
    mode: READ_ONLY,
    openErrno: null,
    delay: 0,
    read: kernelLog,
    write: null,
  });
  return root;
}

function versionNode(attribute: SimulatedAttribute, device: string, log: (line: string) => void): AttributeNode {
  return {
    kind: 'attribute',
    mode: READ_WRITE,
    openErrno: attribute.openErrno ?? null,
    delay: attribute.delay ?? 0,
    read: () => attribute.read,
    write: (offered) => {
      const given = answer(attribute, offered);
      for (const line of given.log) log(`${device}: ${line}`);
      if (given.kind === 'taken') return { taken: given.bytes };
      return given.kind === 'hang' ? { hang: true } : { errno: given.errno };
    },
  };
}

function constant(text: string): AttributeNode {
  return { kind: 'attribute', mode: READ_ONLY, openErrno: null, delay: 0, read: () => `${text}\n`, write: null };
}

function writeOnly(): AttributeNode {
  const [read, write] = [(): Failure => ({ errno: 13 }), (): Failure => ({ errno: 1 })];
  return { kind: 'attribute', mode: 0o200, openErrno: null, delay: 0, read, write };
}

function link(destination: string): TreeNode {
  return { kind: 'link', destination };
}

function directory(which = ''): Directory {
  return { kind: 'directory', entries: new Map(), which };
}

/** The directory at `path` below `parent`, made with all above it where it is not there. */
function make(parent: Directory, path: string): Directory {
  let at = parent;
  for (const name of path.split('/')) {
    const next = at.entries.get(name) ?? directory();
    if (next.kind !== 'directory') throw new Error(`${path}: ${name} is a ${next.kind}`);
    at.entries.set(name, next);
    at = next;
  }
  return at;
}

function put(parent: Directory, path: string, node: TreeNode): void {
  const cut = path.lastIndexOf('/');
  const holder = cut < 0 ? parent : make(parent, path.slice(0, cut));
  holder.entries.set(path.slice(cut + 1), node);
}
