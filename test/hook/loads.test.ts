// What a call of the hook loads, opens and asks of the kernel: counts, which stay the same wherever this runs, in the
// place of times, which do not (bench/results.md has those). A number that grows here is a cost for every migration;
// where it is worth it, it is raised in the commit that says why.
import { execa } from 'execa';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { captured } from './call.ts';
import { onHost } from './on-host.ts';
import { NODE } from '../node/under-test.ts';

const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const PLAIN = captured('11.3.0-10-direct/dst/001-migrate-begin.stdin.xml');
const HOOK = join(process.cwd(), 'hooks/qemu');
const home = mkdtempSync(join(tmpdir(), 'loads-'));

const hasStrace = !(await execa('strace', ['--version'], { reject: false })).failed;

/** What strace saw of a command and all that it starts, a line a call. */
async function traced(command: readonly string[], input: string): Promise<string[]> {
  const log = join(home, 'strace');
  const options = {
    input,
    reject: false,
    env: { PATH: '/usr/bin:/bin', HOME: '/root', LC_ALL: 'C' },
    extendEnv: false,
  };
  await execa('/usr/bin/strace', ['-f', '-qq', '-o', log, ...command], options);
  return readFileSync(log, 'utf8').split('\n');
}

// A call that another process interrupts stands on two lines, the first without its result.
const started = (lines: readonly string[]): string[] =>
  lines
    .filter((line) => !line.includes(' = -1 E'))
    .flatMap((line) => / execve\("([^"]+)"/.exec(line)?.[1] ?? [])
    .map((path) => path.replace(/.*\//, ''));

describe.skipIf(!hasStrace)('hooks/qemu, as strace sees it (needs strace)', () => {
  it('starts nothing for an operation that is not ours, and reads nothing but itself', async () => {
    for (const words of ['started begin', 'prepare begin', 'reconnect begin', 'migrate end', 'release end']) {
      const lines = await traced([HOOK, 'guest', ...words.split(' '), '-'], PLAIN);
      expect(started(lines)).toEqual(['qemu']);
      expect(lines.filter((line) => /\b(?:v?fork|clone3?)\(/.test(line))).toEqual([]);
      expect(lines.filter((line) => line.includes(' read(0,'))).toEqual([]);
    }
  });

  it('starts one program, and no Node, for a guest without mdevs', async () => {
    const lines = await traced([HOOK, 'guest', 'migrate', 'begin', '-'], PLAIN);
    expect(started(lines)).toEqual(['qemu', 'tr']);
    expect(lines.filter((line) => / (?:v?fork|clone3?)\(/.test(line))).toHaveLength(1);
  });

  it('starts one Node for a guest with mdevs', async () => {
    const programs = started(await traced([HOOK, 'guest', 'migrate', 'begin', '-'], MDEV));
    expect(programs.filter((name) => name === 'node')).toHaveLength(1);
    expect(programs.length).toBeLessThanOrEqual(9);
  });
});

describe('the hook’s program', () => {
  /** Node's own modules that it loads beyond those of an empty program. */
  const loaded = async (...words: string[]): Promise<string[]> => {
    const list = join(home, 'modules.cjs');
    writeFileSync(
      list,
      `const before = new Set(process.moduleLoadList);
       process.on('exit', () => {
         const loaded = process.moduleLoadList.filter((name) => !before.has(name));
         require('fs').writeSync(2, JSON.stringify(loaded));
       });`,
    );
    const { stderr } = await execa(NODE, ['--require', list, ...words], { input: MDEV, reject: false });
    return (JSON.parse(stderr) as string[]).map((name) => name.replace(/^.* /, '')).sort();
  };

  it('loads of Node what it needs, and what takes milliseconds only where it is used', async () => {
    const modules = await loaded('dist/start.cjs', 'dist/hook.cjs', 'answer', 'guest', 'migrate', 'begin', '-');
    const heavy = [
      'child_process',
      'crypto',
      'perf_hooks',
      'stream',
      'net',
      'worker_threads',
      'url',
      'readline',
      'events',
    ];
    expect(modules.filter((name) => heavy.includes(name))).toEqual([]);
    expect(modules.length).toBeLessThanOrEqual(12);
  });

  it('has the size of its parts, and execa is in none that starts alone', () => {
    const size = (name: string): number => statSync(`dist/${name}.cjs`).size;
    const limits = { start: 2_000, hook: 125_000, gather: 20_000, 'mdev-preflight': 250_000 };
    for (const [name, limit] of Object.entries(limits)) {
      expect(size(name), name).toBeLessThanOrEqual(limit);
      expect(readFileSync(`dist/${name}.cjs`, 'utf8')).not.toContain('ExecaError=class');
    }
    expect(readFileSync('dist/execa.cjs', 'utf8')).toContain('ExecaError');
  });

  it('is one byte a character: V8 keeps and scans what is not twice as long', () => {
    for (const name of ['start', 'hook', 'gather', 'mdev-preflight', 'execa'])
      expect(/^[\0-\x7f]*$/.test(readFileSync(`dist/${name}.cjs`, 'latin1')), name).toBe(true);
  });
});

describe.skipIf(!CAN_MOUNT || !hasStrace)('with one mdev, as strace sees it (needs root, /dev/fuse and strace)', () => {
  let host: MountedHost;
  beforeAll(async () => {
    host = await mountHost(gvtHost('alpha', 1));
  });
  afterAll(() => host.unmount());

  it('asks little of the kernel', async () => {
    const stamp = ['bin/mdev-preflight', 'stamp', '--xml', '-', '--sysfs-root', host.sysfsRoot];
    const { stdout: guest } = await execa(stamp[0] ?? '', stamp.slice(1), { input: guestXml('guest', [FIRST_MDEV]) });
    const node = [NODE, join(process.cwd(), 'dist/start.cjs'), join(process.cwd(), 'dist/hook.cjs')];
    const [shell = '', ...words] = onHost(host);
    const lines = await traced([shell, ...words, ...node, 'answer', 'guest', 'migrate', 'begin', '-'], guest);
    // From Node's start on.
    const mine = lines.slice(lines.findIndex((line) => line.includes('"answer"')));
    const first = mine.findIndex((line) => line.includes('dist/start.cjs", O_RDONLY'));
    // Of files: what V8 asks for memory, and its threads of each other, differs from run to run.
    const ours = mine
      .slice(first)
      .filter((line) =>
        / (?:open\w*|read\w*|pread\w*|write\w*|close|\w*stat\w*|getcwd|lseek|ioctl|fcntl)\(/.test(line),
      );
    const calls = (name: string): number => ours.filter((line) => line.includes(` ${name}(`)).length;
    expect(calls('write')).toBeGreaterThan(2);
    // Lines that may be the last (6), the first two, the reply; and one to the driver. Node's threads are woken by writes
    // of eight bytes.
    const told = ours.filter((line) => / write\((?!\d+, "\\1\\0\\0\\0\\0\\0\\0\\0", 8)/.test(line));
    expect(told.length).toBeLessThanOrEqual(11);
    expect(calls('openat')).toBeLessThanOrEqual(12);
    expect(ours.length).toBeLessThanOrEqual(113);
  });
});
