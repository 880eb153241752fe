// sysfs/ against real system calls with real errnos.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VersionBytes } from '../../src/model/version.ts';
import { FIRST_MDEV, gvtHost } from '../../src/simulation/examples.ts';
import type { Rule } from '../../src/simulation/description.ts';
import { kernelSysfs } from '../../src/sysfs/kernel-io.ts';
import { lookUpDevice } from '../../src/sysfs/look.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import { hostWith, VERSION } from './hosts.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from './mount.ts';
import { openFiles } from '../sysfs/open-files.ts';

const ATTRIBUTE = `bus/mdev/devices/${FIRST_MDEV}/mdev_type/migration_version`;
const offered = VERSION as VersionBytes;

describe.skipIf(!CAN_MOUNT)('system calls on a simulated sysfs (needs root and /dev/fuse)', () => {
  let host: MountedHost;
  beforeAll(async () => {
    host = await mountHost(gvtHost('beta', 1));
  });
  afterAll(() => host.unmount());

  const offerTo = (rule: Rule): ReturnType<ReturnType<typeof kernelSysfs>['offer']> => {
    host.change(hostWith({ rule }));
    host.seen();
    return kernelSysfs(host.sysfsRoot).offer(ATTRIBUTE, offered);
  };

  it('finds type and parent behind the links', () => {
    host.change(gvtHost('beta', 1));
    const look = lookUpDevice(kernelSysfs(host.sysfsRoot), FIRST_MDEV as Uuid);
    expect(look).toMatchObject({ kind: 'present', type: 'i915-GVTg_V5_4', parent: '0000:00:02.0' });
    expect(look).toMatchObject({ versions: { device: { state: 'absent' }, type: { state: 'read', bytes: VERSION } } });
  });

  it('offers a version by one open(2) with O_WRONLY alone and one write(2) of the exact bytes', () => {
    expect(offerTo({ kind: 'i915' }).state).toBe('accepted');
    const seen = host.seen();
    expect(seen.map(({ operation }) => operation)).toEqual(['open', 'write']);
    // The kernel adds O_LARGEFILE (0100000) for a 64-bit program.
    expect((seen[0]?.flags ?? 0) & ~0o100000).toBe(1);
    expect(seen[1]).toMatchObject({ data: VERSION, result: VERSION.length });
  });

  it.each([1, 5, 16, 19, 22, 28, 87, 95, 110, 133])('tells errno %i of a refused write by its number', (errno) => {
    expect(offerTo({ kind: 'reject', errno })).toEqual({
      path: join(host.sysfsRoot, ATTRIBUTE),
      state: 'rejected',
      errno,
      kernelLog: [],
    });
    expect(host.seen().filter(({ operation }) => operation === 'write')).toHaveLength(1);
  });

  it('takes a write that was cut short for no answer, also where the runtime then wrote the tail', () => {
    // The tail is accepted: JavaScript is told that all bytes were taken.
    expect(offerTo({ kind: 'short-write', taken: 20 })).toMatchObject({
      state: 'short',
      taken: null,
      length: VERSION.length,
    });
    expect(host.seen().filter(({ operation }) => operation === 'write')).toHaveLength(2);
    // Nothing is ever taken.
    expect(offerTo({ kind: 'short-write', taken: 0 })).toMatchObject({ state: 'short', taken: 0 });
  });

  it('tells absence, a refused open and a refused read apart', () => {
    const read = (): unknown => kernelSysfs(host.sysfsRoot).read(ATTRIBUTE);
    host.change(hostWith(null));
    expect(read()).toMatchObject({ state: 'absent' });
    expect(kernelSysfs(host.sysfsRoot).offer(ATTRIBUTE, offered).state).toBe('absent');
    host.change(hostWith({ openErrno: 13 }));
    expect(read()).toMatchObject({ state: 'open-failed', errno: 13 });
    expect(kernelSysfs(host.sysfsRoot).offer(ATTRIBUTE, offered)).toMatchObject({ state: 'open-failed', errno: 13 });
    host.change(hostWith({ read: { errno: 19 } }));
    expect(read()).toMatchObject({ state: 'read-failed', errno: 19 });
    host.change(hostWith({ read: '' }));
    expect(read()).toMatchObject({ state: 'read', bytes: '' });
  });

  it('leaves nothing open, whatever came of it', () => {
    const io = kernelSysfs(host.sysfsRoot);
    host.change(hostWith({ read: { errno: 19 }, rule: { kind: 'reject', errno: 22 } }));
    io.read(ATTRIBUTE);
    io.offer(ATTRIBUTE, offered);
    host.change(gvtHost('beta', 1));
    io.read(ATTRIBUTE);
    io.offer(ATTRIBUTE, offered);
    // Other threads of the tests have files of their own.
    const mine = [host.directory, join('/proc', readlinkSync('/proc/thread-self'))];
    expect(openFiles().filter((file) => mine.some((place) => file.startsWith(place)))).toEqual([]);
  });

  it('never offers what a driver must not get', () => {
    host.seen();
    for (const [version, problem] of [
      ['', 'is empty'],
      ['a\0b', 'is not ASCII without NUL'],
      ['v'.repeat(4097), 'has 4097 bytes'],
    ] as const)
      expect(() => kernelSysfs(host.sysfsRoot).offer(ATTRIBUTE, version as VersionBytes)).toThrow(
        `offering a version that ${problem}`,
      );
    expect(host.seen().filter(({ operation }) => operation === 'write')).toEqual([]);
  });

  it('keeps every byte of a version, up to a whole page', () => {
    const bytes = `${String.fromCharCode(...Array.from({ length: 255 }, (_, index) => index + 1))}${'x'.repeat(3841)}`;
    expect(bytes).toHaveLength(4096);
    host.change(hostWith({ read: bytes }));
    expect(kernelSysfs(host.sysfsRoot).read(ATTRIBUTE)).toMatchObject({ state: 'read', bytes });
  });

  it('asks nobody on a FUSE file system of plain files, which would take anything', async () => {
    const plain = await mountHost(hostWith({ rule: { kind: 'accept-all' } }), 'plain-files');
    try {
      const answer = kernelSysfs(plain.sysfsRoot).offer(ATTRIBUTE, offered);
      expect(answer).toMatchObject({ state: 'not-asked', cause: 'no-sysfs' });
      expect(plain.seen().filter(({ operation }) => operation === 'write')).toEqual([]);
    } finally {
      await plain.unmount();
    }
  });

  it('finds what the driver logged since a moment, and nothing older', () => {
    offerTo({ kind: 'i915' });
    const io = kernelSysfs(host.sysfsRoot);
    const other = VERSION.replace('1\n', '9\n') as VersionBytes;
    host.change(hostWith({ rule: { kind: 'i915' } }));
    const moment = io.kernelLogNow();
    io.offer(ATTRIBUTE, other);
    expect(io.kernelLogSince(moment).join()).toContain('migration software version not matched');
    expect(io.kernelLogSince(moment * 1.01 + 10_000_000)).toEqual([]);
  });
});

describe('a tree that is no sysfs', () => {
  it('can be read, but nobody is asked on it: a plain file accepts anything', () => {
    const root = mkdtempSync(join(tmpdir(), 'plain-sysfs-'));
    const type = join(root, 'devices/pci0000:00/0000:00:02.0/mdev_supported_types/i915-GVTg_V5_4');
    mkdirSync(join(root, 'bus/mdev/devices'), { recursive: true });
    mkdirSync(type, { recursive: true });
    mkdirSync(join(type, `../../${FIRST_MDEV}`));
    symlinkSync('../mdev_supported_types/i915-GVTg_V5_4', join(type, `../../${FIRST_MDEV}/mdev_type`));
    symlinkSync(`../../../devices/pci0000:00/0000:00:02.0/${FIRST_MDEV}`, join(root, `bus/mdev/devices/${FIRST_MDEV}`));
    writeFileSync(join(type, 'migration_version'), VERSION);
    const io = kernelSysfs(root);
    expect(io.read(ATTRIBUTE)).toMatchObject({ state: 'read', bytes: VERSION });
    expect(io.offer(ATTRIBUTE, 'other' as VersionBytes)).toMatchObject({ state: 'not-asked' });
    expect(readFileSync(join(type, 'migration_version'), 'latin1')).toBe(VERSION);
    // Not even where it has an attribute's size.
    writeFileSync(join(type, 'migration_version'), VERSION.padEnd(4096));
    expect(io.offer(ATTRIBUTE, 'other' as VersionBytes)).toMatchObject({ state: 'not-asked', cause: 'no-sysfs' });
    expect(existsSync(join(root, 'nothing'))).toBe(false);
    rmSync(root, { recursive: true });
  });
});
