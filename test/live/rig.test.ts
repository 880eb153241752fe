// The rig itself: what libvirt does on it is what it does on two machines.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FIRST_MDEV, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { guestDefinition, hostdev } from './rig/guest.ts';
import type { LiveHost } from './rig/host.ts';
import { COMMAND } from './rig/installation.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from './rig/requirements.ts';
import { type Rig, startRig } from './rig/rig.ts';

const WITH_MDEV = guestDefinition('guest', { mdevs: [{ uuid: FIRST_MDEV }] });

// Who is in a namespace of the rig has something mounted from its directory.
function processesOf(rig: Rig): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(dirname(rig.shared));
    } catch {
      // Not a process, or one that has ended.
      return false;
    }
  });
}

describe.skipIf(!CAN_RUN_LIVE)(`a live rig${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let beta: LiveHost;
  beforeAll(async () => {
    const started = await startRig([
      { name: 'alpha', sim: gvtHost('alpha', 1) },
      { name: 'beta', sim: gvtHost('beta', 1) },
    ]);
    [alpha, beta] = started.hosts;
    rig = started;
  });
  beforeEach(() => {
    for (const host of [alpha, beta]) {
      host.sim.change(gvtHost(host.name, 1));
      host.sim.seen();
      host.clearJournal();
    }
  });
  afterEach(() => Promise.all([alpha.clear(), beta.clear()]));
  afterAll(() => rig.stop());

  // The guest's XML with a stamp of the host it is on, in a file that all hosts have.
  async function stamped(host: LiveHost): Promise<string> {
    const file = join(rig.shared, 'stamped.xml');
    const dump = 'virsh -c qemu:///system dumpxml --migratable --security-info guest';
    const { status, stderr } = await host.run(['sh', '-c', `${dump} | ${COMMAND} stamp --xml - >${file}`]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return file;
  }

  const states = async (): Promise<(string | null)[]> => [
    await alpha.domainState('guest'),
    await beta.domainState('guest'),
  ];

  const questions = (host: LiveHost): string[] =>
    host.sim
      .seen()
      .filter(({ operation }) => operation === 'write')
      .map(({ data = '' }) => data);

  const mdevs = async (host: LiveHost): Promise<(string | undefined)[]> =>
    [...(await host.liveXml('guest')).matchAll(/<address uuid='(.*)'/g)].map(([, uuid]) => uuid);

  const OK = { status: 0, stderr: '' };

  test('a guest with a mdev starts', async () => {
    await alpha.boot(WITH_MDEV);
    expect(await alpha.domainState('guest')).toBe('running');
    expect(await alpha.liveXml('guest')).toContain(FIRST_MDEV);
  });

  test('libvirt refuses a mdev that is not there', async () => {
    alpha.sim.change({ ...gvtHost('alpha', 1), mdevs: {} });
    await expect(alpha.boot(WITH_MDEV)).rejects.toThrow(`mediated device '${FIRST_MDEV}' not found`);
  });

  test('the hook refuses a live migration without a stamp, and the guest stays', async () => {
    await alpha.boot(WITH_MDEV);
    const { status, stderr } = await alpha.virsh('migrate', '--live', 'guest', beta.uri);
    expect(status).toBe(1);
    expect(stderr.split('\n')[0]).toMatch(
      /^error: Hook script execution failed: .* migrate begin -\) unexpected exit status 3: mdev-preflight: refused: guest 'guest', mdev .*: unstamped: /,
    );
    expect(await states()).toEqual(['running', null]);
    expect(questions(beta)).toEqual([]);
    expect(beta.journal()).toEqual([expect.stringContaining('-p daemon.warning -- refused: ')]);
  });

  test.each([['--live'], ['--live --p2p'], ['--live --p2p --tunnelled'], ['--live --postcopy'], ['']])(
    'migrate %s: with a stamp the driver is asked once, and the guest moves',
    async (flags) => {
      await alpha.boot(WITH_MDEV);
      const words = flags === '' ? [] : flags.split(' ');
      const migrated = await alpha.virsh('migrate', ...words, '--xml', await stamped(alpha), 'guest', beta.uri);
      expect(migrated).toMatchObject(OK);
      expect(await states()).toEqual(['shut off', 'running']);
      expect(questions(beta)).toEqual(['8086-591d-GVTg_V5_4-00000001\n']);
      expect(beta.journal()).toEqual([expect.stringContaining("-p daemon.info -- accepted: guest 'guest'")]);
    },
  );

  test('a driver update shows at once: its refusal is the errno of a real write', async () => {
    await alpha.boot(WITH_MDEV);
    const file = await stamped(alpha);
    beta.sim.change(gvtHost('beta', 2));
    const { stderr } = await alpha.virsh('migrate', '--live', '--xml', file, 'guest', beta.uri);
    expect(stderr).toContain('EINVAL');
    expect(await states()).toEqual(['running', null]);
  });

  test('an offline migration moves the definition', async () => {
    await alpha.define(WITH_MDEV);
    await alpha.define(readFileSync(await stamped(alpha), 'utf8'));
    expect(await alpha.virsh('migrate', '--offline', '--persistent', 'guest', beta.uri)).toMatchObject(OK);
    expect(await states()).toEqual(['shut off', 'shut off']);
    expect(questions(beta)).toHaveLength(1);
  });

  test('a guest is saved on one host and restored on the other', async () => {
    await alpha.boot(WITH_MDEV);
    const image = join(rig.shared, 'image');
    expect(await alpha.virsh('save', '--xml', await stamped(alpha), 'guest', image)).toMatchObject(OK);
    expect(await beta.virsh('restore', image)).toMatchObject(OK);
    expect(await states()).toEqual(['shut off', 'running']);
    expect(questions(beta)).toHaveLength(1);
  });

  test('a guest is started from a managed save', async () => {
    await alpha.boot(WITH_MDEV);
    await alpha.virsh('destroy', 'guest');
    await alpha.boot(readFileSync(await stamped(alpha), 'utf8'));
    expect(await alpha.virsh('managedsave', 'guest')).toMatchObject(OK);
    expect(await alpha.virsh('start', 'guest')).toMatchObject(OK);
    expect(questions(alpha)).toHaveLength(1);
  });

  test('a mdev is attached, migrates, and is detached', async () => {
    await alpha.boot(WITH_MDEV);
    const device = join(rig.shared, 'device.xml');
    alpha.writeFile(device, hostdev({ uuid: SECOND_MDEV, bus: 2 }));
    expect(await alpha.virsh('attach-device', '--live', 'guest', device)).toMatchObject(OK);
    const file = await stamped(alpha);
    expect(await alpha.virsh('migrate', '--live', '--xml', file, 'guest', beta.uri)).toMatchObject(OK);
    expect(questions(beta)).toHaveLength(2);
    expect(await mdevs(beta)).toEqual([FIRST_MDEV, SECOND_MDEV]);
    expect(await beta.virsh('detach-device', '--live', 'guest', device)).toMatchObject(OK);
    expect(await mdevs(beta)).toEqual([FIRST_MDEV]);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('a guest outlives its daemon (%s)', async (signal) => {
    await alpha.boot(WITH_MDEV);
    await alpha.stopDaemon(signal);
    expect((await alpha.virsh('list')).status).toBe(1);
    await alpha.startDaemon();
    expect(await alpha.domainState('guest')).toBe('running');
    expect(await alpha.virsh('migrate', '--live', '--xml', await stamped(alpha), 'guest', beta.uri)).toMatchObject(OK);
  });

  test('a program that was left running is read and ended', async () => {
    const running = alpha.spawn(['sh', '-c', 'hostname; echo waiting >&2; exec sleep 1000']);
    expect(await running.line(/wait/)).toBe('waiting');
    expect([...running.lines].sort()).toEqual(['alpha', 'waiting']);
    running.kill('SIGTERM');
    await running.exited;
    expect((await alpha.run(['pidof', 'sleep'])).stdout.trim()).toBe('1');
  });

  test('a second rig stands beside the first, without a hook, and leaves nothing behind', async () => {
    const second = await startRig([
      { name: 'alpha', sim: gvtHost('alpha', 1), hook: false },
      { name: 'beta', sim: gvtHost('beta', 2), hook: false },
      { name: 'gamma', sim: gvtHost('gamma', 3), hook: false },
    ]);
    const [source, , destination] = second.hosts;
    await source.boot(WITH_MDEV);
    expect(await source.virsh('migrate', '--live', 'guest', destination.uri)).toMatchObject(OK);
    expect(await destination.domainState('guest')).toBe('running');
    expect(await states()).toEqual([null, null]);
    expect(processesOf(second)).not.toEqual([]);
    await second.stop();
    expect(processesOf(second)).toEqual([]);
    expect(existsSync(dirname(second.shared))).toBe(false);
    for (const { sim } of second.hosts) {
      expect(existsSync(sim.directory)).toBe(false);
      expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(sim.directory);
    }
  });
});
