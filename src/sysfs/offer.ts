// The question, and the only place that writes to a host. One open(2) with O_WRONLY and one write(2) of
// exactly the source's bytes; the driver's answer is what write(2) returns.
import { closeSync, constants, fstatSync, openSync, readSync, statfsSync, writeSync } from 'node:fs';
import { ENOENT } from '../model/errno.ts';
import type { Answer } from '../model/facts.ts';
import { type VersionBytes, versionProblem, versionToBuffer } from '../model/version.ts';
import { attempt } from './system-call.ts';

// Linux, include/uapi/linux/magic.h. A plain file takes any bytes: that would be a yes from nobody.
const SYSFS_MAGIC = 0x62656572;
const FUSE_SUPER_MAGIC = 0x65735546;
const ATTRIBUTE_SIZE = 4096;

/** `path`: a `migration_version` attribute. Blocks for as long as the driver does. */
export function offerVersion(path: string, version: VersionBytes): Answer {
  const problem = versionProblem(version);
  if (problem !== null) throw new Error(`offering a version that ${problem}`);
  // O_WRONLY alone. With O_CREAT, sysfs answers EACCES for an attribute that is not there, and
  // "absent" would look like "not permitted"; with O_RDWR a write-only attribute cannot be asked.
  const opened = attempt(() => openSync(path, constants.O_WRONLY));
  if (!opened.ok)
    return opened.errno === ENOENT ? { path, state: 'absent' } : { path, state: 'open-failed', errno: opened.errno };
  try {
    return write(path, opened.value, versionToBuffer(version));
  } finally {
    closeSync(opened.value);
  }
}

function write(path: string, descriptor: number, bytes: Buffer): Answer {
  if (!isAttribute(path, descriptor)) return { path, state: 'not-asked', cause: 'no-sysfs' };
  const before = writes();
  if (before === null) return { path: WRITE_COUNTER, state: 'not-asked', cause: 'no-write-counter' };
  const written = attempt(() => writeSync(descriptor, bytes));
  if (!written.ok) return { path, state: 'rejected', errno: written.errno, kernelLog: [] };
  const after = writes();
  const whole = after !== null && tookAllAtOnce({ before, after, length: bytes.length });
  if (written.value === bytes.length && whole) return { path, state: 'accepted' };
  // After a short write libuv writes the tail by itself (src/unix/fs.c, uv__fs_write_all). That second
  // question is not ours: whatever came of it, the first one was not answered.
  const taken = written.value < bytes.length ? written.value : null;
  return { path, state: 'short', taken, length: bytes.length };
}

/** What a thread has written so far: how often, and how many bytes. */
export interface Writes {
  readonly calls: number;
  readonly bytes: number;
}

// V8 may want something done between any two steps, and wakes this very thread's event loop for it: eight bytes into an
// eventfd (libuv, src/unix/async.c, uv__async_send).
const WAKE = 8;

/**
 * Whether one write(2) took all `length` bytes, by what its thread wrote meanwhile. A short write and its tail are a call
 * more and not a byte more; each wake is a call and eight bytes more. No number of them makes one look like the other.
 */
export function tookAllAtOnce({ before, after, length }: { before: Writes; after: Writes; length: number }): boolean {
  const others = after.calls - before.calls - 1;
  return others >= 0 && after.bytes - before.bytes === length + others * WAKE;
}

// On FUSE, what has an attribute's size, one page whatever it holds, is taken for a simulated host's;
// a plain file on sshfs or the like has that of its content.
function isAttribute(path: string, descriptor: number): boolean {
  const filesystem = attempt(() => statfsSync(path).type);
  if (!filesystem.ok) return false;
  if (filesystem.value === SYSFS_MAGIC) return true;
  return filesystem.value === FUSE_SUPER_MAGIC && fstatSync(descriptor).size === ATTRIBUTE_SIZE;
}

const WRITE_COUNTER = '/proc/thread-self/io';
// Seven counters with their names (Linux, fs/proc/base.c, do_io_accounting): 250 bytes at most.
const COUNTERS_LIMIT = 512;

/** What this thread has written so far, or null where the kernel does not count it. */
function writes(): Writes | null {
  const opened = attempt(() => openSync(WRITE_COUNTER, constants.O_RDONLY));
  if (!opened.ok) return null;
  const buffer = Buffer.allocUnsafe(COUNTERS_LIMIT);
  const read = attempt(() => readSync(opened.value, buffer, 0, COUNTERS_LIMIT, null));
  closeSync(opened.value);
  const counters = read.ok ? buffer.toString('latin1', 0, read.value) : '';
  const [calls, bytes] = [/^syscw: (\d+)$/m, /^wchar: (\d+)$/m].map((counter) => counter.exec(counters)?.[1]);
  return calls === undefined || bytes === undefined ? null : { calls: Number(calls), bytes: Number(bytes) };
}
