// `doctor` from the command line to its exit status: on a machine in a temporary directory, whose hook is
// really run, broken in one way after the other and mended by what doctor says; and on this very machine.
import { execa, execaSync } from 'execa';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { main } from '../../src/cli/main.ts';
import { PROGRAMS } from '../../src/doctor/facts.ts';
import type { Libvirts } from '../../src/libvirt/port.ts';
import type { CheckId, CheckResult } from '../../src/model/finding.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import type { Case } from '../../src/preflight/gather.ts';
import { gather } from '../../src/preflight/gather.ts';
import { survey } from '../../src/preflight/survey.ts';
import { FIRST_MDEV, gvtHost, guestXml } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { put, processFiles, script } from '../gate/tree.ts';
import { stampOn } from '../preflight/exchange.ts';
import { MemoryLibvirt } from '../preflight/memory-libvirt.ts';
import { runCli } from './run.ts';

const HOOKS = '/etc/libvirt/hooks';
const UUID = '22222222-aaaa-4bbb-8ccc-000000000002';
const HERE = gvtHost('beta', 1);
const BOOTED = 10_000;

interface Check {
  readonly id: CheckId;
  readonly result: CheckResult;
  readonly message: string;
  readonly remedy: string | null;
}

/** Persistent definitions of their own. */
class Guests extends MemoryLibvirt {
  readonly stored = new Map<string, string>();

  override xml(uuid: Uuid, which?: 'current' | 'config'): Promise<Libvirts<string>> {
    const stored = which === 'config' ? this.stored.get(uuid) : undefined;
    return stored === undefined ? super.xml(uuid) : Promise.resolve({ ok: true, value: stored });
  }
}

// The hook stands at hooks/qemu: there it finds its program beside it, in this very tree. Its PATH is a directory
// of the real machine, for it is really run; the tree has the same one.
let root: string;
let libvirt: Guests;
let superuser: boolean;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'doctor-'));
  const bin = join(root, 'bin');
  mkdirSync(bin);
  for (const name of PROGRAMS) {
    const real = name === 'node' ? process.execPath : execaSync('sh', ['-c', `command -v ${name}`]).stdout;
    // The journal of who runs the tests is left alone.
    if (name === 'logger') writeFileSync(join(bin, name), '#!/bin/sh\n', { mode: 0o755 });
    else writeFileSync(join(bin, name), `#!/bin/sh\nexec ${real} "$@"\n`, { mode: 0o755 });
  }
  mkdirSync(join(root, root), { recursive: true });
  symlinkSync(bin, join(root, root, 'bin'));
  const [hook, program] = [readFileSync('hooks/qemu', 'utf8'), readFileSync('dist/hook.cjs', 'utf8')];
  put(root, '/opt/hooks/qemu', script(hook));
  put(root, '/opt/dist/hook.cjs', program);
  put(root, '/etc/libvirt/dist/hook.cjs', program);
  put(root, `${HOOKS}/qemu`, script(hook));
  put(root, '/proc/uptime', `${String(BOOTED)} 1\n`);
  const processes = {
    ...processFiles(1, { name: 'systemd' }),
    // In a moment: later than every hook.
    ...processFiles(9999991, { name: 'libvirtd', started: BOOTED + 3600, environment: [`PATH=${bin}`] }),
    ...processFiles(9999992, {
      name: 'node',
      words: ['node', '/usr/bin/mdev-preflight', 'stamp', '--all', '--follow'],
    }),
  };
  for (const [path, entry] of Object.entries(processes)) put(root, path, entry);
  libvirt = new Guests();
  libvirt.add(UUID, 'desktop-7', stampOn(HERE, guestXml('desktop-7', [FIRST_MDEV])));
  libvirt.stored.set(UUID, guestXml('desktop-7', [FIRST_MDEV]));
  superuser = true;
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

async function doctor(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const context: Context = {
    terminal: {
      out: (text) => (stdout += text),
      err: (text) => (stderr += text),
      read: () => Buffer.alloc(0),
      log: () => undefined,
      journal: () => undefined,
    },
    run: (request) => {
      const steps: object[] = [];
      const emit = (step: object): number => steps.push(step);
      const sysfs = simulatedSysfs(HERE);
      if (request.what === 'host') survey(sysfs, () => false, emit);
      else look(request.cases, emit);
      return Promise.resolve({ steps, complete: true, gone: Promise.resolve() });
    },
    host: { name: 'beta', id: null },
    tool: { name: 'mdev-preflight', version: '0' },
    now: () => new Date(),
    libvirt: () => Promise.resolve(libvirt),
    installation: { root, bundles: join(root, 'opt/dist'), superuser },
    user: () => 'root',
    ended: () => new AbortController().signal,
  };
  const status = await main(['doctor', ...args], context);
  return { status, stdout, stderr };
}

function look(cases: readonly Case[], emit: (step: object) => void): void {
  gather(simulatedSysfs(HERE), cases, { ask: false, kernelLog: false, expired: () => false }, emit);
}

async function checks(...args: string[]): Promise<{ status: number; notFine: Check[] }> {
  const { status, stdout } = await doctor('--json', ...args);
  const { healthy, checks: all } = JSON.parse(stdout) as { healthy: boolean; checks: Check[] };
  expect(healthy).toBe(status === 0);
  return { status, notFine: all.filter(({ result }) => result !== 'pass') };
}

/** What a remedy does, done to the tree; a daemon that is not there needs no reload. */
function mend(remedy: string | null): void {
  const commands = (remedy ?? '')
    .replace(/ && (?:systemctl reload|kill -HUP) .*/, '')
    .replaceAll(/(?<= )\/(?=etc|usr|opt)/g, `${root}/`);
  execaSync('sh', ['-ec', commands]);
}

describe('doctor on a machine in a temporary directory', () => {
  it('finds all in order, and says so', async () => {
    expect((await checks()).notFine).toEqual([]);
    const { status, stdout, stderr } = await doctor();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe("the gate on this host 'beta' is in force");
    expect(await doctor('--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('leaves the tree as it is', async () => {
    const list = (): string => execaSync('find', [root, '-ls']).stdout;
    const before = list();
    await doctor();
    expect(list()).toBe(before);
  });

  it.each([
    [
      'hook-executable',
      'fail',
      1,
      () => {
        chmodSync(join(root, HOOKS, 'qemu'), 0o644);
      },
    ],
    [
      'hook-program',
      'fail',
      1,
      () => {
        rmSync(join(root, 'etc/libvirt/dist/hook.cjs'));
      },
    ],
    [
      'hook-program',
      'warn',
      0,
      () => {
        writeFileSync(join(root, 'etc/libvirt/dist/hook.cjs'), '\n', { flag: 'a' });
      },
    ],
    [
      'hook-current',
      'warn',
      0,
      () => {
        writeFileSync(join(root, HOOKS, 'qemu'), '\n#\n', { flag: 'a' });
      },
    ],
    [
      'hook-twins',
      'warn',
      0,
      () => {
        put(root, `${HOOKS}/qemu.d/50-mdev-preflight.rpmnew`, script(readFileSync('hooks/qemu', 'utf8')));
      },
    ],
    [
      'self-test',
      'fail',
      1,
      () => {
        put(
          root,
          `${HOOKS}/qemu`,
          script(`${readFileSync('hooks/qemu', 'utf8').split('\n').slice(0, 2).join('\n')}\nexit 0\n`),
        );
      },
    ],
    [
      'self-test',
      'fail',
      1,
      () => {
        put(root, `${HOOKS}/qemu`, script(readFileSync('hooks/qemu', 'utf8').replace('#!/bin/sh', '#!/nowhere/sh')));
      },
    ],
  ] satisfies [CheckId, CheckResult, number, () => void][])(
    '%s: %s, exit status %i, until its remedy was run',
    async (id, result, status, spoil) => {
      spoil();
      const found = await checks();
      expect(found.status).toBe(status);
      const finding = found.notFine.find((it) => it.id === id);
      expect(finding?.result).toBe(result);
      mend(finding?.remedy ?? null);
      expect((await checks()).notFine.filter((it) => it.id === id)).toEqual([]);
    },
  );

  it('says how to install a hook where there is none, and then there is one', async () => {
    rmSync(join(root, HOOKS, 'qemu'));
    const { status, notFine } = await checks();
    expect(status).toBe(1);
    expect(notFine.filter(({ result }) => result === 'fail').map(({ id }) => id)).toEqual(['hook-installed']);
    mend(notFine.find(({ id }) => id === 'hook-installed')?.remedy ?? null);
    const after = (await checks()).notFine.map(({ id }) => id);
    // The script that is now at qemu.d/50-mdev-preflight looks for its program at a place of the real machine.
    expect(after.filter((id) => id !== 'self-test')).toEqual([]);
    expect(existsSync(join(root, 'usr/libexec/mdev-preflight/hook.cjs'))).toBe(true);
  });

  it('tells a daemon that started before the hook was there', async () => {
    for (const [path, entry] of Object.entries(
      processFiles(9999991, { name: 'libvirtd', started: 1, environment: [`PATH=${join(root, 'bin')}`] }),
    ))
      put(root, path, entry);
    // Nobody here knows whether it was reloaded since.
    expect((await checks()).notFine).toMatchObject([{ id: 'hook-noticed', result: 'warn' }]);
  });

  it('tells what is not on the daemon’s PATH', async () => {
    rmSync(join(root, 'bin/node'));
    const { notFine } = await checks();
    expect(notFine.map(({ id, result }) => [id, result])).toEqual([
      ['node', 'fail'],
      ['self-test', 'fail'],
    ]);
    expect(notFine[0]?.message).toContain(`not on the PATH of libvirtd (process 9999991), ${join(root, 'bin')}: node`);
    expect(notFine[1]?.message).toContain("'node' is not on PATH");
  });

  it('judges the configuration it is given', async () => {
    const file = join(root, 'config.toml');
    writeFileSync(file, 'unstamped = "alow"\n');
    expect((await checks('--config', file)).notFine).toMatchObject([
      {
        id: 'config',
        result: 'fail',
        message: expect.stringContaining(`${file}: line 1: unstamped must be`) as string,
      },
    ]);
    writeFileSync(file, 'unstamped = "allow"\n');
    expect(await checks('--config', file)).toMatchObject({ status: 0, notFine: [{ id: 'config', result: 'warn' }] });
    writeFileSync(file, 'sysfs_root = "/nowhere"\n');
    expect((await checks('--config', file)).notFine).toMatchObject([
      { id: 'config', message: expect.stringContaining("sysfs_root '/nowhere' cannot be read: ENOENT") as string },
    ]);
  });

  it('tells guests whose stamps are wrong, live and persistent', async () => {
    const guest = libvirt.guestsHere.get(UUID);
    if (guest === undefined) throw new Error('no guest');
    guest.xml = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
    libvirt.stored.set(UUID, guest.xml);
    expect(await checks()).toMatchObject({
      status: 1,
      notFine: [
        { id: 'guest-stamps', result: 'fail', remedy: `mdev-preflight stamp ${UUID}` },
        { id: 'persistent-stamps', result: 'warn', remedy: expect.stringContaining(STAMP_NAMESPACE) as string },
      ],
    });
  });

  it('goes on without libvirt, and says what could not be told', async () => {
    libvirt.failures.set('connects', { kind: 'unreachable', text: 'no socket' });
    const { status, notFine } = await checks();
    expect(status).toBe(0);
    expect(notFine.map(({ id }) => id)).toEqual([
      'libvirt',
      'guest-stamps',
      'persistent-stamps',
      'exemptions',
      'hidden-mdevs',
    ]);
  });

  it('as an ordinary user promises nothing', async () => {
    superuser = false;
    const { status, notFine } = await checks();
    expect([status, notFine.map(({ id }) => id)]).toEqual([0, ['root', 'self-test']]);
  });
});

describe('doctor', () => {
  it.each([
    [['doctor', 'x'], 'doctor takes no words'],
    [['doctor', '--all'], 'doctor takes no option --all'],
    [['doctor', '--connect', 'qemu+ssh://beta/system'], 'leads to another host'],
    [['doctor', '--sysfs-root', '/nowhere'], "the sysfs root '/nowhere' cannot be read: ENOENT"],
  ])('ends a wrong call with 2: %j', async (args, problem) => {
    expect(await runCli(args)).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining(problem) as string });
  });

  it('of a libvirt that turns out to be elsewhere ends with 2 as well', async () => {
    libvirt.failures.set('connects', { kind: 'elsewhere', text: 'qemu+ssh://beta/system' });
    expect(await doctor()).toMatchObject({ status: 2, stdout: '' });
  });
});

// Private mounts, processes of its own: no daemon of the machine is looked at, none of its files changed.
const CAN_UNSHARE =
  process.getuid?.() === 0 && execaSync('unshare', ['-mpf', 'true'], { reject: false }).exitCode === 0;

describe.skipIf(!CAN_UNSHARE)('doctor on this machine, with the hook installed as README says (needs root)', () => {
  const onMachine = async (more: string): Promise<{ status: number | undefined; checks: Map<CheckId, Check> }> => {
    const over = (name: string, of: string): string =>
      `mkdir -p /mnt/${name}/u /mnt/${name}/w && mount -t overlay -o lowerdir=${of},upperdir=/mnt/${name}/u,workdir=/mnt/${name}/w overlay ${of}`;
    const lines = [
      'mount -t tmpfs tmpfs /mnt',
      over('etc', '/etc'),
      over('usr', '/usr'),
      'install -D -m 644 dist/hook.cjs /usr/libexec/mdev-preflight/hook.cjs',
      'install -D -m 755 hooks/qemu /etc/libvirt/hooks/qemu.d/50-mdev-preflight',
      more,
    ];
    const command = `(${lines.join(' && ')}) || exit 99; bin/mdev-preflight doctor --json --connect test:///default`;
    const { exitCode, stdout } = await execa(
      'unshare',
      ['-mpf', '--mount-proc', '--propagation', 'private', 'sh', '-c', command],
      {
        reject: false,
      },
    );
    const found = (JSON.parse(stdout) as { checks: Check[] }).checks;
    return { status: exitCode, checks: new Map(found.map((check) => [check.id, check])) };
  };

  it('fails nothing', async () => {
    const { status, checks: all } = await onMachine('true');
    expect([...all.values()].filter(({ result }) => result === 'fail')).toEqual([]);
    expect(status).toBe(0);
    expect(all.get('self-test')?.result).toBe('pass');
    expect(all.get('hook-noticed')?.message).toMatch(/^no daemon runs/);
  });

  it('fails the configuration that the hook would read', async () => {
    const { status, checks: all } = await onMachine(
      'mkdir -p /etc/mdev-preflight && echo "unstamped = 1" >/etc/mdev-preflight/config.toml',
    );
    expect(status).toBe(1);
    expect(all.get('config')?.message).toContain('line 1: unstamped must be');
    expect(all.get('self-test')?.message).toContain('ended with status 2');
  });
});
