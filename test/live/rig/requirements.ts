// What a live rig takes of this machine.
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { CAN_MOUNT } from '../../fuse/mount.ts';
import { STAND_IN_IS_BUILT } from './stand-in.ts';

const COMPILER = STAND_IN_IS_BUILT ? [] : ['gcc'];
const PROGRAMS = ['libvirtd', 'virsh', 'qemu-system-x86_64', ...COMPILER, 'ip', 'unshare', 'nsenter'];
const PLACES = ['/usr/sbin', '/sbin', ...(process.env['PATH'] ?? '').split(delimiter)];

const missing = [
  ...(CAN_MOUNT ? [] : ['root with /dev/fuse']),
  ...PROGRAMS.filter((program) => !PLACES.some((place) => existsSync(`${place}/${program}`))),
];

export const CAN_RUN_LIVE = missing.length === 0;

/** For the names of suites that are skipped. */
export const LIVE_NEEDS = CAN_RUN_LIVE ? '' : ` (skipped: needs ${missing.join(', ')})`;
