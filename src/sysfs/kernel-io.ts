// A real sysfs, below a root directory: /sys, or a FUSE mount that stands for one.
// Synchronous on purpose: the calls then run on this very thread, whose write(2) calls can be counted
// (offer.ts), and the process that calls them is one that may be left behind (docs/decisions/0003).
import { closeSync, constants, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { ENOENT } from '../model/errno.ts';
import type { AttributeRead } from '../model/facts.ts';
import { versionFromBuffer } from '../model/version.ts';
import type { Outcome, SysfsIo } from './io.ts';
import { kernelLogNow, kernelLogSince } from './kernel-log.ts';
import { offerVersion } from './offer.ts';
import { attempt } from './system-call.ts';

// show() fills at most one page (Linux, fs/sysfs/file.c); the byte more shows a file that is no attribute.
const READ_LIMIT = 4096 + 1;
// One for all reads: a guest may have dozens of mdevs, and a page for each of their attributes is work for the collector.
const PAGE = Buffer.allocUnsafeSlow(READ_LIMIT);
const EINTR = 4;

/** `root`: the sysfs root, with or without a slash at its end. */
export function kernelSysfs(root: string): SysfsIo {
  const base = root.replace(/\/+$/, '');
  const fullPath = (path: string): string => `${base}/${path}`;
  return {
    fullPath,
    realpath: (path): Outcome<string> => attempt(() => realpathSync.native(fullPath(path))),
    identity: (path): Outcome<string> => attempt(() => identity(fullPath(path))),
    list: (path): Outcome<readonly string[]> => attempt(() => readdirSync(fullPath(path)).sort()),
    read: (path) => readAttribute(fullPath(path)),
    offer: (path, version) => offerVersion(fullPath(path), version),
    kernelLogNow,
    // /dev/kmsg for /sys; a simulated host has its log beside its sysfs.
    kernelLogSince: (moment) => kernelLogSince(`${base}/../dev/kmsg`, moment),
  };
}

// kernfs gives no inode number twice: it is 64 bits wide, and counts up (Linux, include/linux/kernfs.h, kernfs_ino;
// fs/kernfs/dir.c, __kernfs_new_node). A number of JavaScript holds 53 of them.
function identity(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${String(dev)}:${String(ino)}`;
}

// One read(2) from offset 0: every one of them calls show() anew.
function readAttribute(path: string): AttributeRead {
  const opened = attempt(() => openSync(path, constants.O_RDONLY));
  if (!opened.ok)
    return opened.errno === ENOENT ? { path, state: 'absent' } : { path, state: 'open-failed', errno: opened.errno };
  try {
    for (;;) {
      const read = attempt(() => readSync(opened.value, PAGE, 0, READ_LIMIT, null));
      if (read.ok) return { path, state: 'read', bytes: versionFromBuffer(PAGE.subarray(0, read.value)) };
      // libuv repeats an interrupted write(2), but not a read(2).
      if (read.errno !== EINTR) return { path, state: 'read-failed', errno: read.errno };
    }
  } finally {
    closeSync(opened.value);
  }
}
