// A simulated host's sysfs without a mount: for the demo and for tests of what is above sysfs/.
import type { Answer, AttributeRead } from '../model/facts.ts';
import type { VersionBytes } from '../model/version.ts';
import type { Outcome, SysfsIo } from '../sysfs/io.ts';
import type { SimulatedHost } from './description.ts';
import { type AttributeNode, type Directory, hostTree, type TreeNode } from './tree.ts';

const ENOENT = 2;
const EACCES = 13;
const ENOTDIR = 20;
const LINKS_LIMIT = 40;

/** Paths are shown as on a real host. A driver that hangs cannot be shown here: that takes a mount. */
export function simulatedSysfs(host: SimulatedHost): SysfsIo {
  if (host.stuck !== undefined) throw new Error(`'${host.name}' is stuck: that takes a mount`);
  const log: string[] = [];
  const root = hostTree(
    host,
    (line) =>
      log.push(line.replace(/[\n\\]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)),
    () => '',
  );
  const fullPath = (path: string): string => `/sys/${path}`;
  const attribute = (path: string): AttributeNode | { readonly errno: number } => {
    const found = resolve(root, `sys/${path}`);
    if ('errno' in found) return found;
    if (found.node.kind !== 'attribute') return { errno: EACCES };
    return found.node.openErrno === null ? found.node : { errno: found.node.openErrno };
  };
  return {
    fullPath,
    realpath: (path): Outcome<string> => {
      const found = resolve(root, `sys/${path}`);
      return 'errno' in found ? { ok: false, errno: found.errno } : { ok: true, value: `/${found.names.join('/')}` };
    },
    identity: (path): Outcome<string> => {
      const found = resolve(root, `sys/${path}`);
      return 'errno' in found ? { ok: false, errno: found.errno } : { ok: true, value: identityOf(found) };
    },
    list: (path): Outcome<readonly string[]> => {
      const found = resolve(root, `sys/${path}`);
      if ('errno' in found) return { ok: false, errno: found.errno };
      return found.node.kind === 'directory'
        ? { ok: true, value: [...found.node.entries.keys()].sort() }
        : { ok: false, errno: ENOTDIR };
    },
    read: (path) => read(fullPath(path), attribute(path)),
    offer: (path, version) => offer(fullPath(path), attribute(path), version),
    kernelLogNow: () => log.length,
    kernelLogSince: (moment) => log.slice(moment),
  };
}

function read(path: string, found: AttributeNode | { readonly errno: number }): AttributeRead {
  if ('errno' in found)
    return found.errno === ENOENT ? { path, state: 'absent' } : { path, state: 'open-failed', errno: found.errno };
  const given = found.read();
  if (typeof given === 'string') return { path, state: 'read', bytes: given as VersionBytes };
  if ('hang' in given) throw new Error(`${path} hangs`);
  return { path, state: 'read-failed', errno: given.errno };
}

function offer(path: string, found: AttributeNode | { readonly errno: number }, version: VersionBytes): Answer {
  if ('errno' in found)
    return found.errno === ENOENT ? { path, state: 'absent' } : { path, state: 'open-failed', errno: found.errno };
  if (found.write === null) return { path, state: 'open-failed', errno: EACCES };
  const given = found.write(version);
  if ('hang' in given) throw new Error(`${path} hangs`);
  if ('errno' in given) return { path, state: 'rejected', errno: given.errno, kernelLog: [] };
  if (given.taken === version.length) return { path, state: 'accepted' };
  return { path, state: 'short', taken: given.taken, length: version.length };
}

type Resolved =
  | { readonly node: TreeNode; readonly names: readonly string[]; readonly passed: readonly TreeNode[] }
  | { readonly errno: number };

// Of each directory on the way, for one that was made again is another, and so is all that is in it.
function identityOf({ names, passed }: Extract<Resolved, { names: unknown }>): string {
  return JSON.stringify([names, passed.map((node) => (node.kind === 'directory' ? node.which : ''))]);
}

// Walks a path, following links, as the kernel does.
function resolve(root: Directory, path: string): Resolved {
  // The next one last.
  const pending = path.split('/').reverse();
  const names: string[] = [];
  const passed: TreeNode[] = [root];
  for (let links = 0; pending.length > 0;) {
    const name = pending.pop() ?? '';
    if (name === '') continue;
    const here = passed.at(-1);
    if (here?.kind !== 'directory') return { errno: ENOTDIR };
    if (name === '..') {
      names.pop();
      if (passed.length > 1) passed.pop();
      continue;
    }
    const next = here.entries.get(name);
    if (next === undefined) return { errno: ENOENT };
    if (next.kind === 'link') {
      links += 1;
      if (links > LINKS_LIMIT) return { errno: 40 };
      pending.push(...next.destination.split('/').reverse());
      continue;
    }
    names.push(name);
    passed.push(next);
  }
  const node = passed.at(-1);
  return node === undefined ? { errno: ENOENT } : { node, names, passed };
}
