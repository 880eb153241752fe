// The command line on a host whose driver is stuck, over and over: each command ends in time, and what is left of them
// goes once the driver answers.
import { execa } from 'execa';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { hostWith } from '../fuse/hosts.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { IN_SESSION, leftOnly, type Session } from './left-behind.ts';
import { stampOn } from '../preflight/exchange.ts';

const PROGRAM = join(process.cwd(), 'bin/mdev-preflight');
const SECONDS = 2;
const COMMANDS = 20;
// Each takes two starts of Node, which are most of what the machine does meanwhile.
const BETWEEN = 150;

describe.skipIf(!CAN_MOUNT)('many commands and a stuck driver (needs root and /dev/fuse)', () => {
  let host: MountedHost;
  beforeAll(async () => {
    host = await mountHost(hostWith({ read: { hang: true } }));
  });
  afterAll(() => host.unmount());

  test('each ends in time, one process of each is left, and none once the driver answers', async () => {
    const home = mkdtempSync(join(tmpdir(), 'cli-stuck-'));
    const [config, guest] = [join(home, 'config.toml'), join(home, 'guest.xml')];
    writeFileSync(config, `deadline_seconds = ${String(SECONDS)}\n`);
    writeFileSync(guest, stampOn(gvtHost('alpha', 1), guestXml('g', [FIRST_MDEV])));
    const commands = [['check', guest], ['list'], ['stamp', '--xml', guest]];
    const sessions: Session[] = [];
    const run = async (words: readonly string[], ...options: string[]): Promise<{ status?: number; took: number }> => {
      const begun = performance.now();
      const child = execa(IN_SESSION[0], [PROGRAM, ...words, ...options], { reject: false, stdin: 'ignore' });
      sessions.push(child.pid);
      const { exitCode, stdout, stderr } = await child;
      expect(`${stdout}${stderr}`).toMatch(/deadline/);
      return { ...(exitCode === undefined ? {} : { status: exitCode }), took: performance.now() - begun };
    };
    // What the machine takes for a command that asks nobody, beside all those.
    const begun = performance.now();
    const usual = execa(PROGRAM, ['--help']).then(() => performance.now() - begun);
    const results = await Promise.all(
      Array.from({ length: COMMANDS }, async (_, index) => {
        await new Promise((done) => setTimeout(done, index * BETWEEN));
        return run(commands[index % commands.length] ?? [], '--config', config, '--sysfs-root', host.sysfsRoot);
      }),
    );
    for (const { status, took } of results) {
      expect(status).toBe(3);
      expect(took).toBeLessThan((SECONDS + 1) * 1000 + (await usual));
    }
    const left = await leftOnly(COMMANDS, sessions, 1000);
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThanOrEqual(COMMANDS);
    for (const { name, state, killed } of left)
      expect({ name, state, killed }).toEqual({ name: 'node', state: 'D', killed: true });
    host.change(gvtHost('beta', 1));
    host.release();
    expect(await leftOnly(0, sessions, 2000)).toEqual([]);
  });
});
