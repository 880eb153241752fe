// The little of the FUSE kernel protocol that a simulated sysfs needs (Linux, include/uapi/linux/fuse.h,
// protocol 7.31). Little-endian machines only.

export const OPCODE = {
  LOOKUP: 1,
  FORGET: 2,
  GETATTR: 3,
  SETATTR: 4,
  READLINK: 5,
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  STATFS: 17,
  RELEASE: 18,
  FLUSH: 25,
  INIT: 26,
  OPENDIR: 27,
  READDIR: 28,
  RELEASEDIR: 29,
  CREATE: 35,
  INTERRUPT: 36,
  DESTROY: 38,
  BATCH_FORGET: 42,
} as const;

const IN_HEADER = 40;
const OUT_HEADER = 16;
const ATTRIBUTE_SIZE = 88;

/** Every read bypasses the page cache: the driver is asked each time, and st_size says nothing, as in sysfs. */
const FOPEN_DIRECT_IO = 1;

export interface FuseRequest {
  readonly opcode: number;
  readonly unique: bigint;
  readonly node: bigint;
  readonly body: Buffer;
}

export function parseRequest(message: Buffer): FuseRequest {
  return {
    opcode: message.readUInt32LE(4),
    unique: message.readBigUInt64LE(8),
    node: message.readBigUInt64LE(16),
    body: message.subarray(IN_HEADER, message.readUInt32LE(0)),
  };
}

/** `errno` positive, 0 for success. */
export function reply(unique: bigint, errno: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(OUT_HEADER);
  header.writeUInt32LE(OUT_HEADER + body.length, 0);
  header.writeInt32LE(-errno, 4);
  header.writeBigUInt64LE(unique, 8);
  return Buffer.concat([header, body]);
}

export interface Attributes {
  readonly inode: bigint;
  /** File type and permission bits. */
  readonly mode: number;
  readonly size: number;
}

function attributes({ inode, mode, size }: Attributes): Buffer {
  const body = Buffer.alloc(ATTRIBUTE_SIZE);
  body.writeBigUInt64LE(inode, 0);
  body.writeBigUInt64LE(BigInt(size), 8);
  body.writeUInt32LE(mode, 60);
  body.writeUInt32LE(1, 64);
  body.writeUInt32LE(4096, 80);
  return body;
}

// All times of validity are 0: nothing may be cached, a test changes the host while it is mounted.
export function entryBody(entry: Attributes): Buffer {
  const head = Buffer.alloc(40);
  head.writeBigUInt64LE(entry.inode, 0);
  return Buffer.concat([head, attributes(entry)]);
}

export function attributesBody(entry: Attributes): Buffer {
  return Buffer.concat([Buffer.alloc(16), attributes(entry)]);
}

export function initBody(body: Buffer): Buffer {
  const answer = Buffer.alloc(64);
  answer.writeUInt32LE(7, 0);
  answer.writeUInt32LE(Math.min(31, body.readUInt32LE(4)), 4);
  answer.writeUInt32LE(65536, 20);
  return answer;
}

export function openBody(handle: bigint): Buffer {
  const answer = Buffer.alloc(16);
  answer.writeBigUInt64LE(handle, 0);
  answer.writeUInt32LE(FOPEN_DIRECT_IO, 8);
  return answer;
}

export function writtenBody(count: number): Buffer {
  const answer = Buffer.alloc(8);
  answer.writeUInt32LE(count, 0);
  return answer;
}

export function statfsBody(): Buffer {
  const answer = Buffer.alloc(80);
  answer.writeUInt32LE(4096, 40);
  answer.writeUInt32LE(255, 44);
  return answer;
}

/** Entries from `offset` on, as many as fit into `size` bytes. Types are d_type's: 4 directory, 8 file, 10 link. */
export function directoryBody(
  entries: readonly (readonly [name: string, type: number])[],
  offset: number,
  size: number,
): Buffer {
  const parts: Buffer[] = [];
  let used = 0;
  for (const [index, [name, type]] of entries.entries()) {
    if (index < offset) continue;
    const bytes = Buffer.from(name);
    const entry = Buffer.alloc(Math.ceil((24 + bytes.length) / 8) * 8);
    if (used + entry.length > size) break;
    entry.writeBigUInt64LE(BigInt(index + 1), 0);
    entry.writeBigUInt64LE(BigInt(index + 1), 8);
    entry.writeUInt32LE(bytes.length, 16);
    entry.writeUInt32LE(type, 20);
    bytes.copy(entry, 24);
    parts.push(entry);
    used += entry.length;
  }
  return Buffer.concat(parts);
}

export const openFlags = (body: Buffer): number => body.readUInt32LE(0);
export const transfer = (body: Buffer): { handle: bigint; offset: number; size: number } => ({
  handle: body.readBigUInt64LE(0),
  offset: Number(body.readBigUInt64LE(8)),
  size: body.readUInt32LE(16),
});
export const writtenData = (body: Buffer): Buffer => body.subarray(40, 40 + body.readUInt32LE(16));
export const nameOf = (body: Buffer): string => body.toString('utf8', 0, body.indexOf(0));
