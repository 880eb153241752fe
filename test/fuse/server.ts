// Serves a simulated host's tree (src/simulation/tree.ts) through FUSE: the same drivers, asked by real
// system calls that fail with the real errno. What kernfs does that a plain FUSE would not is done here:
// permission bits bind root too, a write is cut at a page, O_CREAT of what is missing is EACCES.
import type { SimulatedHost } from '../../src/simulation/description.ts';
import type { AttributeNode, Directory, TreeNode } from '../../src/simulation/tree.ts';
import * as wire from './wire.ts';

const ENOENT = 2;
const EIO = 5;
const EACCES = 13;
const ENODEV = 19;
const ENOSYS = 38;
const PAGE = 4096;
const ROOT = 1n;
// kernfs numbers have 64 bits (Linux, include/linux/kernfs.h, kernfs_ino): a number of JavaScript cannot tell two apart.
const FIRST_INODE = 2n ** 60n;

const MODE = { directory: 0o040755, link: 0o120777, attribute: 0o100000 } as const;
const D_TYPE = { directory: 4, link: 10, attribute: 8 } as const;

/** One operation on an attribute, as the driver saw it. */
export interface Seen {
  readonly operation: 'open' | 'read' | 'write';
  readonly path: string;
  readonly flags?: number;
  readonly data?: string;
  /** A count of bytes, a negative errno, or null for no answer. */
  readonly result: number | null;
}

export interface ServerOptions {
  /** The tree as it is now: asked for at every look-up, so that it may change while mounted. */
  readonly tree: () => Directory;
  /** What never comes back, by path. */
  readonly stuck: () => SimulatedHost['stuck'];
  readonly send: (message: Buffer) => void;
  readonly seen: (operation: Seen) => void;
  /** True: files have the size of their content, as on sshfs and the like, and not an attribute's. */
  readonly plainFiles: boolean;
}

type Answer = Buffer | number | 'hang' | 'none';

interface Found {
  readonly path: string;
  readonly node: TreeNode;
  /** The path, and which of those that ever were at it. */
  readonly identity: string;
}

const STUCK = {
  'look-up': [wire.OPCODE.LOOKUP],
  list: [wire.OPCODE.READDIR],
  read: [wire.OPCODE.READ],
} as const;

export class FuseServer {
  readonly #options: ServerOptions;
  readonly #known = new Map<bigint, Found>();
  // By identity and not by path: what is made again under the same name is another file, as in kernfs.
  readonly #inodes = new Map<string, bigint>();
  // How much of a log has been read, by open file.
  readonly #positions = new Map<bigint, number>();
  readonly #unanswered: bigint[] = [];
  #handles = 0n;
  // When the drivers will have answered all that they were asked so far.
  #free = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** Answers one message from the kernel, now or once the driver has time, or leaves it unanswered where the driver hangs. */
  handle(message: Buffer): void {
    const request = wire.parseRequest(message);
    const wait = this.#wait(request);
    if (wait === 0) this.#serve(request);
    else setTimeout(this.#serve.bind(this, request), wait);
  }

  // What is asked of a driver that takes its time is asked once those before it were answered.
  #wait({ opcode, node }: wire.FuseRequest): number {
    const asked = opcode === wire.OPCODE.WRITE ? this.#find(this.#known.get(node)?.path ?? '')?.node : undefined;
    if (asked?.kind !== 'attribute' || asked.delay === 0) return 0;
    const now = performance.now();
    this.#free = Math.max(now, this.#free) + asked.delay;
    return this.#free - now;
  }

  #serve(request: wire.FuseRequest): void {
    const answer = this.#answer(request);
    if (answer === 'none') return;
    if (answer === 'hang') {
      this.#unanswered.push(request.unique);
      return;
    }
    const [errno, body] = typeof answer === 'number' ? [answer, undefined] : [0, answer];
    this.#options.send(wire.reply(request.unique, errno, body));
  }

  /** Lets every driver that hangs answer at last, with EIO. */
  release(): void {
    for (const unique of this.#unanswered.splice(0)) this.#options.send(wire.reply(unique, EIO));
  }

  #answer({ opcode, node, body }: wire.FuseRequest): Answer {
    switch (opcode) {
      case wire.OPCODE.INIT:
        return wire.initBody(body);
      case wire.OPCODE.FORGET:
      case wire.OPCODE.BATCH_FORGET:
      case wire.OPCODE.INTERRUPT:
        return 'none';
      case wire.OPCODE.STATFS:
        return wire.statfsBody();
      case wire.OPCODE.RELEASE:
      case wire.OPCODE.RELEASEDIR:
      case wire.OPCODE.DESTROY:
        return Buffer.alloc(0);
      case wire.OPCODE.CREATE:
        return EACCES;
      case wire.OPCODE.FLUSH:
        return ENOSYS;
    }
    const asked = node === ROOT ? this.#find('') : this.#known.get(node);
    if (asked === undefined) return ENOENT;
    const path = opcode === wire.OPCODE.LOOKUP ? below(asked.path, wire.nameOf(body)) : asked.path;
    const stuck = this.#options.stuck()?.[path];
    if (stuck !== undefined && STUCK[stuck].some((held) => held === opcode)) return 'hang';
    if (opcode === wire.OPCODE.LOOKUP) return this.#lookUp(path);
    // kernfs: what was removed while it was open can be looked at, but not be asked any more.
    const now = this.#find(asked.path);
    if (now?.identity === asked.identity) return this.#answerAt(opcode, now, body);
    return opcode === wire.OPCODE.GETATTR ? wire.attributesBody(this.#attributes(asked)) : ENODEV;
  }

  #answerAt(opcode: number, asked: Found, body: Buffer): Answer {
    const { path, node } = asked;
    switch (opcode) {
      // A shell truncates what it opens with '>'; sysfs lets it.
      case wire.OPCODE.GETATTR:
      case wire.OPCODE.SETATTR:
        return wire.attributesBody(this.#attributes(asked));
      case wire.OPCODE.READLINK:
        return node.kind === 'link' ? Buffer.from(node.destination) : EIO;
      case wire.OPCODE.OPENDIR:
        return wire.openBody(0n);
      case wire.OPCODE.READDIR: {
        const { offset, size } = wire.transfer(body);
        const entries = node.kind === 'directory' ? [...node.entries] : [];
        return wire.directoryBody(
          entries.map(([name, entry]) => [name, D_TYPE[entry.kind]] as const),
          offset,
          size,
        );
      }
      case wire.OPCODE.OPEN:
        return this.#open(path, node, wire.openFlags(body));
      case wire.OPCODE.READ:
        return this.#read(path, node, body);
      case wire.OPCODE.WRITE:
        return this.#write(path, node, wire.writtenData(body));
      default:
        return ENOSYS;
    }
  }

  #open(path: string, node: TreeNode, flags: number): Buffer | number {
    if (node.kind !== 'attribute') return EIO;
    const access = flags & 3;
    const denied =
      (access !== 1 && (node.mode & 0o444) === 0) ||
      (access !== 0 && ((node.mode & 0o222) === 0 || node.write === null));
    const errno = node.openErrno ?? (denied ? EACCES : 0);
    this.#options.seen({ operation: 'open', path, flags, result: errno === 0 ? 0 : -errno });
    if (errno !== 0) return errno;
    this.#handles += 1n;
    return wire.openBody(this.#handles);
  }

  #read(path: string, node: TreeNode, body: Buffer): Answer {
    if (node.kind !== 'attribute') return EIO;
    const { handle, offset } = wire.transfer(body);
    if (path === 'dev/kmsg') return this.#readRecord(handle, node.read());
    if (offset > 0) return Buffer.alloc(0);
    const given = node.read();
    this.#options.seen({
      operation: 'read',
      path,
      result: typeof given === 'string' ? given.length : 'hang' in given ? null : -given.errno,
    });
    if (typeof given === 'string') return Buffer.from(given, 'latin1');
    return 'hang' in given ? 'hang' : given.errno;
  }

  // /dev/kmsg gives one record a read.
  #readRecord(handle: bigint, log: ReturnType<Extract<TreeNode, { kind: 'attribute' }>['read']>): Buffer {
    const position = this.#positions.get(handle) ?? 0;
    const record = typeof log === 'string' ? log.split('\n').slice(0, -1)[position] : undefined;
    this.#positions.set(handle, position + 1);
    return record === undefined ? Buffer.alloc(0) : Buffer.from(`${record}\n`, 'latin1');
  }

  #write(path: string, node: TreeNode, bytes: Buffer): Answer {
    if (node.kind !== 'attribute' || node.write === null) return EIO;
    const data = bytes.toString('latin1', 0, PAGE);
    const given = node.write(data);
    const result = 'hang' in given ? null : 'errno' in given ? -given.errno : given.taken;
    this.#options.seen({ operation: 'write', path, data, result });
    if ('hang' in given) return 'hang';
    return 'errno' in given ? given.errno : wire.writtenBody(given.taken);
  }

  #size({ read }: AttributeNode): number {
    const content = this.#options.plainFiles ? read() : null;
    return typeof content === 'string' ? content.length : PAGE;
  }

  #lookUp(path: string): Buffer | number {
    const found = this.#find(path);
    return found === undefined ? ENOENT : wire.entryBody(this.#attributes(found));
  }

  #find(path: string): Found | undefined {
    let node: TreeNode | undefined = this.#options.tree();
    let identity = '';
    for (const name of path.split('/').filter((part) => part !== '')) {
      node = node?.kind === 'directory' ? node.entries.get(name) : undefined;
      identity += `/${name}${node?.kind === 'directory' ? `?${node.which}` : ''}`;
    }
    return node === undefined ? undefined : { path, node, identity };
  }

  #attributes(found: Found): wire.Attributes {
    const { node, identity } = found;
    const inode = this.#inodes.get(identity) ?? FIRST_INODE + BigInt(this.#inodes.size);
    this.#inodes.set(identity, inode);
    this.#known.set(inode, found);
    const permissions = node.kind === 'attribute' ? node.mode : 0;
    const size = node.kind === 'link' ? node.destination.length : node.kind === 'attribute' ? this.#size(node) : 0;
    return { inode, mode: MODE[node.kind] | permissions, size };
  }
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);
