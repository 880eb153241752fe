// The command line as a user meets it, without a simulated host: calls, help, input that cannot be used.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/arguments.ts';
import { FIRST_MDEV, guestXml } from '../../src/simulation/examples.ts';
import { captured } from '../hook/call.ts';
import { runCli } from './run.ts';

const home = mkdtempSync(join(tmpdir(), 'cli-'));
const EMPTY_HOST = ['--sysfs-root', home];
const file = (name: string, text: string | Buffer): string => {
  writeFileSync(join(home, name), text);
  return join(home, name);
};
const GUEST = file('guest.xml', guestXml('g', [FIRST_MDEV]));
const PLAIN = file('plain.xml', captured('11.3.0-10-direct/dst/001-migrate-begin.stdin.xml'));

describe('mdev-preflight', () => {
  it('shows help for itself and for each command, and its version, with status 0 and nothing on standard error', async () => {
    for (const args of [['--help'], ['-h'], ...COMMANDS.map((name) => [name, '--help'])]) {
      const { status, stdout, stderr } = await runCli(args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/usage:/);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
    }
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runCli(['--version'])).toEqual({ status: 0, stdout: `mdev-preflight ${version}\n`, stderr: '' });
  });

  it.each([
    [[], 'what is to be checked?'],
    [['check'], 'check takes one FILE'],
    [['check', 'a', 'b'], 'check takes one FILE'],
    [['--jsn', 'x'], "Unknown option '--jsn'"],
    [['check', '--xml', 'x', 'y'], 'check takes no option --xml'],
    [['list', 'x'], 'list takes no words'],
    [['demo', '--quiet'], 'demo takes no option --quiet'],
    [['stamp'], 'stamp takes guests, or --all, or --xml FILE'],
    [['stamp', 'guest', '--all'], 'stamp takes guests, or --all, or --xml FILE'],
    [['stamp', 'guest', '--follow'], '--follow takes --all'],
    [['stamp', '--all', '--follow', '--quiet'], '--follow logs'],
    [['stamp', '--xml', 'f', '--all'], 'stamp --xml takes one FILE'],
    [['stamp', '--xml', 'f', '--connect', 'test:///default'], 'stamp --xml takes one FILE'],
    [['hook', 'x'], 'hook takes NAME OPERATION'],
    [['list', '--sysfs-root', '/nowhere'], "the sysfs root '/nowhere' cannot be read: ENOENT"],
    [['list', '--sysfs-root', '/etc/passwd'], "the sysfs root '/etc/passwd' is no directory"],
  ])('ends a wrong call with 2 and one line that says where help is: %j', async (args, problem) => {
    const { status, stdout, stderr } = await runCli(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toMatch(/^mdev-preflight: [^\n]*; see: mdev-preflight [a-z ]*--help\n$/);
  });

  it('blames the configuration for its sysfs root, as the hook does', async () => {
    const config = file('sysfs-root.toml', 'sysfs_root = "/nowhere"\n');
    const cause = `${config}: sysfs_root '/nowhere' cannot be read: ENOENT`;
    const list = await runCli(['list', '--config', config]);
    expect(list).toMatchObject({ status: 2, stderr: `mdev-preflight: the configuration cannot be used: ${cause}\n` });
    const json = await runCli(['check', '--json', '-', '--config', config], guestXml('g', []));
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'config' } });
    const words = ['g', 'migrate', 'begin', '-'];
    const hook = await runCli(['hook', '--config', config, ...words], guestXml('g', [FIRST_MDEV]));
    expect(hook.status).toBe(2);
    expect(hook.stderr).toMatch(/^mdev-preflight: refused: guest 'g'/);
    expect(hook.stderr).toContain(cause);
  });

  it.each([
    ['not well-formed', '<domain>\n<name>x</nam>', /line 2, column \d+: unexpected close tag/],
    ['a document type', '<!DOCTYPE domain><domain/>', /document type/],
    ['another root', '<domainsnapshot/>', /its root is <domainsnapshot>, not <domain>/],
    ['empty', '', /is empty/],
    ['not UTF-8', Buffer.from([0x3c, 0xff, 0xfe]), /not UTF-8/],
    ['no UUID', guestXml('g', ['not-a-uuid']), /mdev hostdev 0: 'not-a-uuid' is no UUID/],
  ])('ends input that cannot be used with 2: %s', async (_, text, problem) => {
    const input = file('unusable.xml', text);
    for (const args of [
      ['check', input],
      ['stamp', '--xml', input],
    ]) {
      const { status, stdout, stderr } = await runCli([...args, ...EMPTY_HOST]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(problem);
      expect(stderr.trimEnd()).not.toContain('\n');
    }
    const { status, stdout } = await runCli(['check', '--json', input, ...EMPTY_HOST]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, error: { code: 'invalid-input' } });
  });

  it('names the file that cannot be read, and calls it invalid input', async () => {
    const { status, stdout, stderr } = await runCli(['--json', '/nowhere/guest.xml']);
    expect(status).toBe(2);
    expect(stderr).toBe('mdev-preflight: /nowhere/guest.xml cannot be read: ENOENT\n');
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      error: { code: 'invalid-input', message: '/nowhere/guest.xml cannot be read: ENOENT' },
    });
  });

  it('names the configuration, the line and the fault', async () => {
    const config = file('config.toml', 'restamp = "hook"\n\ndeadline_seconds = 301\n');
    const { status, stdout, stderr } = await runCli(['check', '--config', config, '--json', PLAIN]);
    expect(status).toBe(2);
    expect(stderr).toContain(`${config}: line 3: deadline_seconds must be a number from 1 to 300`);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'config' } });
    expect((await runCli(['list', '--config', '/nowhere.toml'])).stderr).toContain(
      '/nowhere.toml: it cannot be read: ENOENT',
    );
  });

  it('takes options before and behind the command, the FILE from standard input, and a FILE behind --', async () => {
    const text = readFileSync(GUEST);
    const status = async (args: readonly string[], input?: Buffer): Promise<number | undefined> =>
      (await runCli([...args], input)).status;
    expect(await status([...EMPTY_HOST, '--quiet', 'check', GUEST])).toBe(1);
    expect(await status(['check', '-', '--quiet', ...EMPTY_HOST], text)).toBe(1);
    expect(await status(['-', ...EMPTY_HOST], text)).toBe(1);
    expect(await status([...EMPTY_HOST, '--', GUEST])).toBe(1);
  });

  it('finds nothing to ask for a guest without mdevs', async () => {
    const { status, stdout } = await runCli([PLAIN, ...EMPTY_HOST]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "guest 'plain' has no mdev: nothing to ask\n" });
    expect((await runCli(['stamp', '--xml', PLAIN, ...EMPTY_HOST])).stdout).toBe(readFileSync(PLAIN, 'utf8'));
  });

  it('stamps nothing, with 3, where a mdev of the guest is not on this host', async () => {
    const { status, stdout, stderr } = await runCli(['stamp', '--xml', GUEST, ...EMPTY_HOST]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain(`not stamped: mdev ${FIRST_MDEV} is not on this host`);
  });

  it('lists a host without mdevs as such', async () => {
    const { status, stdout } = await runCli(['list', ...EMPTY_HOST]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^this host '.*' has no parent devices of mdevs\n$/);
    expect(JSON.parse((await runCli(['list', '--json', ...EMPTY_HOST])).stdout)).toMatchObject({
      types: [],
      mdevs: [],
      problems: [],
    });
  });

  it('shows in the demo an accepted migration and a refused one, as virsh would', async () => {
    const { status, stdout, stderr } = await runCli(['demo']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain("exit status 0; journal: accepted: guest 'desktop-7'");
    expect(stdout).toMatch(
      /\nerror: Hook script execution failed: internal error: Child process \(LC_ALL=C .* unexpected exit status 1: mdev-preflight: refused: guest 'desktop-7'/,
    );
  });

  it('takes options of hook before and behind it, and never the last four words', async () => {
    const hook = async (...args: string[]): Promise<string> => (await runCli(args, readFileSync(GUEST))).stderr;
    for (const args of [
      [...EMPTY_HOST, 'hook', '--json', 'migrate', 'begin', '-'],
      ['hook', ...EMPTY_HOST, '--json', 'migrate', 'begin', '-'],
    ])
      expect(await hook(...args)).toMatch(/^mdev-preflight: refused: guest 'g', mdev /);
    for (const args of [
      ['hook', 'migrate', 'begin', '-'],
      ['hook', 'x', 'y', 'migrate', 'begin', '-'],
    ])
      expect(await runCli(args)).toMatchObject({ status: 2, stdout: '' });
    expect(await hook('hook', '--config', '/nowhere.toml', 'x', 'migrate', 'begin', '-')).toContain('/nowhere.toml');
  });

  it('does nothing as a hook of other operations, and leaves standard input alone', async () => {
    for (const words of [
      ['x', 'reconnect', 'begin', '-'],
      ['-x', 'started', 'begin', '-'],
    ])
      expect(await runCli(['hook', ...words])).toEqual({ status: 0, stdout: '', stderr: '' });
    const refused = await runCli([...EMPTY_HOST, 'hook', '-x', 'migrate', 'begin', '-'], readFileSync(GUEST));
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^mdev-preflight: refused: guest 'g', mdev /);
  });
});
