// `doctor` from the command line to its exit status: on a machine in a temporary directory, whose hook is
// really run, spoilt in one way after the other and mended by what doctor says.
import { execaSync } from 'execa';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckId, CheckResult } from '../../src/model/finding.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { FIRST_MDEV, gvtHost, guestXml } from '../../src/simulation/examples.ts';
import { script } from '../gate/tree.ts';
import { stampOn } from '../preflight/exchange.ts';
import { GUEST, HOOK, Machine, OUR_SCRIPT } from './doctor-machine.ts';
import { runCli } from './run.ts';

const PROGRAM = '/etc/libvirt/dist/hook.cjs';

interface Spoilt {
  readonly id: CheckId;
  readonly how: string;
  readonly result: CheckResult;
  readonly spoil: (machine: Machine) => void;
}

const SPOILT: readonly Spoilt[] = [
  {
    id: 'hook-executable',
    how: 'its x bit is lost',
    result: 'fail',
    spoil: (machine) => {
      chmodSync(machine.place(HOOK), 0o644);
    },
  },
  {
    id: 'hook-program',
    how: 'its program is gone',
    result: 'fail',
    spoil: (machine) => {
      rmSync(machine.place(PROGRAM));
    },
  },
  {
    id: 'hook-program',
    how: 'its program is another one',
    result: 'warn',
    spoil: (machine) => {
      writeFileSync(machine.place(PROGRAM), '\n', { flag: 'a' });
    },
  },
  {
    id: 'hook-current',
    how: 'it is another one',
    result: 'warn',
    spoil: (machine) => {
      machine.put(HOOK, script(`${OUR_SCRIPT}\n#\n`));
    },
  },
  {
    id: 'hook-twins',
    how: 'an upgrade left a second one',
    result: 'warn',
    spoil: (machine) => {
      machine.put(`${HOOK}.d/50-mdev-preflight.rpmnew`, script(OUR_SCRIPT));
    },
  },
  {
    id: 'self-test',
    how: 'somebody made it accept everything',
    result: 'fail',
    spoil: (machine) => {
      machine.put(HOOK, script(OUR_SCRIPT.replace('case $2/$3 in', 'exit 0\n$&')));
    },
  },
  {
    id: 'self-test',
    how: 'its interpreter is not there',
    result: 'fail',
    spoil: (machine) => {
      machine.put(HOOK, script(OUR_SCRIPT.replace('#!/bin/sh', '#!/nowhere/sh')));
    },
  },
];

describe('doctor on a machine in a temporary directory', () => {
  it('finds all in order, and says so', async () => {
    const machine = new Machine();
    expect((await machine.findings()).notFine).toEqual([]);
    const { status, stdout, stderr } = await machine.doctor();
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe("the gate on this host 'beta' is in force");
    expect(await machine.doctor('--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('leaves the tree as it is', async () => {
    const machine = new Machine();
    const list = (): string => execaSync('find', [machine.root, '-ls']).stdout;
    const before = list();
    await machine.doctor();
    expect(list()).toBe(before);
  });

  it.each(SPOILT)('$id: $result where $how, until its remedy was run', async ({ id, result, spoil }) => {
    const machine = new Machine();
    spoil(machine);
    const { status, notFine } = await machine.findings();
    expect(status).toBe(result === 'fail' ? 1 : 0);
    const finding = notFine.find((it) => it.id === id);
    expect(finding?.result).toBe(result);
    machine.mend(finding?.remedy);
    expect((await machine.findings()).notFine).not.toContainEqual(expect.objectContaining({ id }));
  });

  it('says how to install a hook where there is none, and then there is one', async () => {
    const machine = new Machine();
    rmSync(machine.place(HOOK));
    const { status, notFine } = await machine.findings();
    expect(status).toBe(1);
    const failed = notFine.filter(({ result }) => result === 'fail');
    expect(failed.map(({ id }) => id)).toEqual(['hook-installed']);
    machine.mend(failed[0]?.remedy);
    const after = (await machine.findings()).notFine.map(({ id }) => id);
    // The script that is now at qemu.d/50-mdev-preflight looks for its program at a place of the real machine.
    expect(after.filter((id) => id !== 'self-test')).toEqual([]);
    expect(existsSync(machine.place('/usr/libexec/mdev-preflight/hook.cjs'))).toBe(true);
  });

  it('tells a daemon that started before the hook was there', async () => {
    const machine = new Machine();
    machine.runDaemon(1);
    // Nobody here knows whether it was reloaded since.
    expect((await machine.findings()).notFine).toMatchObject([{ id: 'hook-noticed', result: 'warn' }]);
  });

  it('tells what is not on the daemon’s PATH, and that the self-test fails of that', async () => {
    const machine = new Machine();
    rmSync(join(machine.bin(), 'node'));
    const { notFine } = await machine.findings();
    expect(notFine.map(({ id, result }) => [id, result])).toEqual([
      ['node', 'fail'],
      ['self-test', 'fail'],
    ]);
    expect(notFine[0]?.message).toContain(`not on the PATH of libvirtd (process 9999991), ${machine.bin()}: node`);
    expect(notFine[1]?.message).toContain("'node' is not on PATH");
  });

  it('judges the configuration it is given', async () => {
    const machine = new Machine();
    const file = machine.place('config.toml');
    writeFileSync(file, 'unstamped = "alow"\n');
    expect((await machine.findings('--config', file)).notFine).toMatchObject([
      {
        id: 'config',
        result: 'fail',
        message: expect.stringContaining(`${file}: line 1: unstamped must be`) as string,
      },
    ]);
    writeFileSync(file, 'unstamped = "allow"\n');
    expect(await machine.findings('--config', file)).toMatchObject({
      status: 0,
      notFine: [{ id: 'config', result: 'warn' }],
    });
    writeFileSync(file, 'sysfs_root = "/nowhere"\n');
    expect((await machine.findings('--config', file)).notFine).toMatchObject([
      { id: 'config', message: expect.stringContaining("sysfs_root '/nowhere' cannot be read: ENOENT") as string },
    ]);
  });

  it('tells guests whose stamps are wrong, live and persistent', async () => {
    const machine = new Machine();
    const ofAlpha = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV]));
    machine.libvirt.add(GUEST, 'desktop-7', ofAlpha);
    machine.libvirt.persistent.set(GUEST, ofAlpha);
    expect(await machine.findings()).toMatchObject({
      status: 1,
      notFine: [
        { id: 'guest-stamps', result: 'fail', remedy: `mdev-preflight stamp ${GUEST}` },
        { id: 'persistent-stamps', result: 'warn', remedy: expect.stringContaining(STAMP_NAMESPACE) as string },
      ],
    });
  });

  it('goes on without libvirt, and says what could not be told', async () => {
    const machine = new Machine();
    machine.libvirt.failures.set('connects', { kind: 'unreachable', text: 'no socket' });
    const { status, notFine } = await machine.findings();
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
    const machine = new Machine();
    machine.superuser = false;
    const { status, notFine } = await machine.findings();
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
    const machine = new Machine();
    machine.libvirt.failures.set('connects', { kind: 'elsewhere', text: 'qemu+ssh://beta/system' });
    expect(await machine.doctor()).toMatchObject({ status: 2, stdout: '' });
  });
});
