// Serves a simulated host's tree (src/simulation/tree.ts) through FUSE: the same drivers, asked by real
// system calls that fail with the real errno. What kernfs does that a plain FUSE would not is done here:
// permission bits bind root too, a write is cut at a page, O_CREAT of what is missing is EACCES.
import type { AttributeNode, Directory, TreeNode } from '../../src/simulation/tree.ts';
import * as wire from './wire.ts';

const ENOENT = 2;
const EIO = 5;
const EACCES = 13;
const ENOSYS = 38;
const PAGE = 4096;
const ROOT = 1n;

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
  readonly send: (message: Buffer) => void;
  readonly seen: (operation: Seen) => void;
  /** True: files have the size of their content, as on sshfs and the like, and not an attribute's. */
  readonly plainFiles: boolean;
}

export class FuseServer {
  readonly #options: ServerOptions;
  readonly #paths = new Map<bigint, string>([[ROOT, '']]);
  readonly #nodes = new Map<string, bigint>([['', ROOT]]);
  // How much of a log has been read, by open file.
  readonly #positions = new Map<bigint, number>();
  readonly #unanswered: bigint[] = [];
  #handles = 0n;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** Answers one message from the kernel, or leaves it unanswered where the driver hangs. */
  handle(message: Buffer): void {
    const request = wire.parseRequest(message);
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

  #answer({ opcode, node, body }: wire.FuseRequest): Buffer | number | 'hang' | 'none' {
    const path = this.#paths.get(node) ?? '';
    const found = this.#find(path);
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
      case wire.OPCODE.LOOKUP:
        return this.#lookUp(path === '' ? wire.nameOf(body) : `${path}/${wire.nameOf(body)}`);
      default:
        return found === undefined ? ENOENT : this.#answerAt(opcode, path, found, body);
    }
  }

  #answerAt(opcode: number, path: string, node: TreeNode, body: Buffer): Buffer | number | 'hang' {
    switch (opcode) {
      // A shell truncates what it opens with '>'; sysfs lets it.
      case wire.OPCODE.GETATTR:
      case wire.OPCODE.SETATTR:
        return wire.attributesBody(this.#attributes(path, node));
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

  #read(path: string, node: TreeNode, body: Buffer): Buffer | number | 'hang' {
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

  #write(path: string, node: TreeNode, bytes: Buffer): Buffer | number | 'hang' {
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
    const node = this.#find(path);
    return node === undefined ? ENOENT : wire.entryBody(this.#attributes(path, node));
  }

  #find(path: string): TreeNode | undefined {
    let at: TreeNode | undefined = this.#options.tree();
    for (const name of path.split('/').filter((part) => part !== ''))
      at = at?.kind === 'directory' ? at.entries.get(name) : undefined;
    return at;
  }

  #attributes(path: string, node: TreeNode): wire.Attributes {
    let inode = this.#nodes.get(path);
    if (inode === undefined) {
      inode = BigInt(this.#nodes.size + 1);
      this.#nodes.set(path, inode);
      this.#paths.set(inode, path);
    }
    const permissions = node.kind === 'attribute' ? node.mode : 0;
    const size = node.kind === 'link' ? node.destination.length : node.kind === 'attribute' ? this.#size(node) : 0;
    return { inode, mode: MODE[node.kind] | permissions, size };
  }
}
