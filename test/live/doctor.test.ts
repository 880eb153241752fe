// `mdev-preflight doctor` on a host that is in order, and on one for each way in which it may not be: what it
// says, and that its own remedy puts it in order again.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { gpuHost, SLICES } from './gpu-hosts.ts';
import { guestUuid, mdevPreflight } from './operator.ts';
import type { RunningCommand } from './rig/enter.ts';
import { guestDefinition } from './rig/guest.ts';
import type { LiveHost } from './rig/host.ts';
import { COMMAND } from './rig/installation.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from './rig/requirements.ts';
import { type Rig, startRig } from './rig/rig.ts';

const HOOK = '/etc/libvirt/hooks/qemu.d/50-mdev-preflight';
const GUEST = guestDefinition('desktop', { uuid: guestUuid(1), mdevs: [{ uuid: SLICES[0] }] });
const STAMP = ['metadata', 'desktop', 'urn:mdev-preflight:stamp:1'];
const OLD = `<stamp host="old" time="2020-01-01T00:00:00Z"/>`;

interface Check {
  readonly id: string;
  readonly result: 'pass' | 'warn' | 'fail';
  readonly message: string;
  readonly remedy: string | null;
}

describe.skipIf(!CAN_RUN_LIVE)(`doctor${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let service: RunningCommand;
  beforeAll(async () => {
    const started = await startRig([{ name: 'alpha', sim: gpuHost('alpha', { version: 1 }) }]);
    [alpha] = started.hosts;
    rig = started;
    await alpha.boot(GUEST);
    await follow();
  });
  afterEach(async () => {
    await alpha.run(['sh', '-c', 'rm -rf /etc/libvirt/hooks/* /etc/mdev-preflight']);
    alpha.installHook();
  });
  afterAll(() => rig.stop());

  async function follow(): Promise<void> {
    service = alpha.spawn([COMMAND, 'stamp', '--all', '--follow']);
    await service.line(/following the guests/);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const shell = async (script: string): Promise<void> => {
    const { status, stderr } = await alpha.run(['sh', '-c', script]);
    if (status !== 0) throw new Error(`${script}: ${stderr}`);
  };
  async function examine(expected = ''): Promise<{ status: number | null; healthy: boolean; notFine: Check[] }> {
    // Not by the node of the daemon's PATH, which is one of the things that may be broken.
    const { status, stdout } = await alpha.run([process.execPath, 'dist/mdev-preflight.cjs', 'doctor', '--json']);
    const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: Check[] };
    // Debian 12's QEMU cannot migrate mdevs; and hooks that are put back are younger than the daemon.
    const known = ['libvirt', ...(expected === 'hook-noticed' ? [] : ['hook-noticed'])];
    return { status, healthy, notFine: checks.filter(({ id, result }) => result !== 'pass' && !known.includes(id)) };
  }

  test('says that a host in order is in order', async () => {
    expect(await examine()).toEqual({ status: 0, healthy: true, notFine: [] });
    const { status, stdout, stderr } = await mdevPreflight(alpha, 'doctor');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^PASS {2}root +run as root\nPASS {2}hook-installed +\/etc/);
    expect(stdout).toMatch(/\nthe gate on this host 'alpha' is in force.*\n$/);
    // It has run the hook, and says so nowhere but in the journal.
    expect(alpha.journal().join('\n')).toContain("guest 'mdev-preflight-doctor'");
  });

  // What is broken how, and which checks say so. The remedies are run as they are printed.
  test.each<[string, string, Record<string, Check['result']>]>([
    ['the hook is gone', `rm ${HOOK}`, { 'hook-installed': 'fail' }],
    ['the hook cannot be run', `chmod -x ${HOOK}`, { 'hook-executable': 'fail' }],
    [
      'the hook is a link',
      `mkdir -p /run/rig/clone && mv ${HOOK} /run/rig/clone/qemu && ln -s /run/rig/clone/qemu ${HOOK}`,
      { 'hook-link': 'warn' },
    ],
    ['the hook was changed', `echo '# mine' >>${HOOK}`, { 'hook-current': 'warn' }],
    ['the program is gone', 'rm /usr/libexec/mdev-preflight/hook.cjs', { 'hook-program': 'fail', 'self-test': 'fail' }],
    ['the program is another', 'echo >>/usr/libexec/mdev-preflight/hook.cjs', { 'hook-program': 'warn' }],
    ['a package left a copy', `cp -p ${HOOK} ${HOOK}.rpmnew`, { 'hook-twins': 'warn' }],
    [
      'another script comes first',
      `printf '#!/bin/sh\\ncat\\n' >/etc/libvirt/hooks/qemu; chmod +x /etc/libvirt/hooks/qemu`,
      { 'other-hooks': 'warn' },
    ],
    [
      'the configuration is wrong',
      'mkdir -p /etc/mdev-preflight; echo unstampd = 1 >/etc/mdev-preflight/config.toml',
      { config: 'fail', 'self-test': 'fail' },
    ],
    [
      'the gate is opened',
      `mkdir -p /etc/mdev-preflight; echo 'unstamped = "allow"' >/etc/mdev-preflight/config.toml`,
      { config: 'warn' },
    ],
    [
      'Node is too old',
      `mv /run/rig/bin/node /run/rig/bin/good; printf '#!/bin/sh\\necho v16.20.2\\n' >/run/rig/bin/node; chmod +x /run/rig/bin/node`,
      { node: 'fail', 'self-test': 'fail' },
    ],
  ])('%s', async (_, breaking, expected) => {
    await shell(breaking);
    const { status, healthy, notFine } = await examine();
    await shell('[ ! -e /run/rig/bin/good ] || mv /run/rig/bin/good /run/rig/bin/node');
    const found = Object.fromEntries(notFine.map(({ id, result }) => [id, result]));
    expect(found).toMatchObject(expected);
    const fails = Object.values(expected).includes('fail');
    expect({ status, healthy }).toEqual({ status: fails ? 1 : 0, healthy: !fails });
    for (const { message, remedy } of notFine) expect({ message, remedy }).not.toEqual({ message, remedy: '' });
  });

  test('a guest’s stamp that is not this host’s is a failure, a missing one a warning; the remedy mends both', async () => {
    service.kill();
    await service.exited;
    await alpha.virsh(...STAMP, '--live', '--key', 'p', '--set', OLD);
    const stale = await examine();
    expect(stale).toMatchObject({ status: 1, healthy: false });
    expect(stale.notFine).toMatchObject([
      { id: 'guest-stamps', result: 'fail', remedy: `mdev-preflight stamp ${guestUuid(1)}` },
      { id: 'follow', result: 'warn' },
    ]);
    await alpha.virsh(...STAMP, '--live', '--remove');
    expect((await examine()).notFine[0]).toMatchObject({ id: 'guest-stamps', result: 'warn' });
    expect(await mdevPreflight(alpha, 'stamp', guestUuid(1))).toMatchObject({ status: 0 });
    await follow();
    expect((await examine()).notFine).toEqual([]);
  });

  test('a stamp in a definition is a warning, and gone with the remedy', async () => {
    await alpha.virsh(...STAMP, '--config', '--key', 'p', '--set', OLD);
    const [check] = (await examine()).notFine;
    expect(check).toMatchObject({ id: 'persistent-stamps', result: 'warn' });
    await shell(check?.remedy ?? 'false');
    expect((await examine()).notFine).toEqual([]);
  });

  test('an exemption is a warning', async () => {
    await mdevPreflight(alpha, 'allow', 'desktop', '--for', '1m', '--reason', 'x');
    expect((await examine()).notFine).toMatchObject([{ id: 'exemptions', result: 'warn' }]);
    await mdevPreflight(alpha, 'stamp', 'desktop');
  });

  test('a hook that came after the daemon is told until the daemon was restarted', async () => {
    await shell(`rm ${HOOK}`);
    await alpha.stopDaemon();
    await alpha.startDaemon();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    alpha.installHook();
    // Without systemd nobody can tell whether it was reloaded since.
    expect((await examine('hook-noticed')).notFine).toMatchObject([{ id: 'hook-noticed', result: 'warn' }]);
    await alpha.stopDaemon();
    await alpha.startDaemon();
    expect((await examine('hook-noticed')).notFine).toEqual([]);
  });

  test('a libvirt that is not there is told', async () => {
    await alpha.stopDaemon();
    const { stdout } = await mdevPreflight(alpha, 'doctor');
    await alpha.startDaemon();
    expect(stdout).toMatch(/\nWARN {2}libvirt +libvirt cannot be asked: /);
  });
});
