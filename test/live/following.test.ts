// `stamp --all --follow` on a real libvirtd: who is stamped, how soon, and what it lives through.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FIRST_MDEV, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import { stampOf } from './stamps.ts';
import type { RunningCommand } from './rig/enter.ts';
import { guestDefinition, hostdev } from './rig/guest.ts';
import type { LiveHost } from './rig/host.ts';
import { COMMAND } from './rig/installation.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from './rig/requirements.ts';
import { type Rig, startRig } from './rig/rig.ts';

const FOLLOW = [COMMAND, 'stamp', '--all', '--follow'];
const GUEST = guestDefinition('guest', { mdevs: [{ uuid: FIRST_MDEV }] });
const OLD_STAMP = `<p:stamp xmlns:p="urn:mdev-preflight:stamp:1" host="old" time="2020-01-01T00:00:00Z"><p:device index="0" address="pci:0000:01:00.0" type="i915-GVTg_V5_4"><p:version node="type" value="other"/></p:device></p:stamp>`;

describe.skipIf(!CAN_RUN_LIVE)(`following${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let following: RunningCommand;
  beforeAll(async () => {
    const started = await startRig([{ name: 'alpha', sim: gvtHost('alpha', 1) }]);
    [alpha] = started.hosts;
    rig = started;
  });
  beforeEach(async () => {
    alpha.sim.change(gvtHost('alpha', 1));
    following = alpha.spawn(FOLLOW);
    await following.line(/following the guests of qemu:\/\/\/system/);
  });
  afterEach(async () => {
    following.kill();
    await following.exited;
    await alpha.clear();
  });
  afterAll(() => rig.stop());

  // Soon: it takes a third of a second where nothing else works (bench/results.md), and here all else does.
  async function soon(holds: () => Promise<boolean>): Promise<void> {
    const begun = performance.now();
    while (!(await holds())) if (performance.now() - begun > 3000) throw new Error('not within 3 s');
  }

  test('a guest is stamped once it starts, with this host’s facts', async () => {
    await alpha.boot(GUEST);
    await following.line(/guest 'guest' \(.*\): stamped, 1 mdev$/);
    expect(await stampOf(alpha, 'guest')).toMatchObject({
      host: { name: 'alpha' },
      devices: [{ uuid: FIRST_MDEV, versions: { type: { bytes: '8086-591d-GVTg_V5_4-00000001\n' } } }],
    });
  });

  test('a guest that starts with an old stamp in its definition soon has this host’s facts', async () => {
    await alpha.boot(guestDefinition('guest', { mdevs: [{ uuid: FIRST_MDEV }], metadata: OLD_STAMP }));
    await soon(async () => (await stampOf(alpha, 'guest'))?.host.name === 'alpha');
  });

  test('guests that ran before it came are stamped', async () => {
    following.kill();
    await following.exited;
    await alpha.boot(GUEST);
    following = alpha.spawn(FOLLOW);
    await following.line(/stamped, 1 mdev/);
  });

  test('a mdev that is plugged in is soon in the stamp, and gone from it once it is unplugged', async () => {
    await alpha.boot(GUEST);
    await following.line(/stamped, 1 mdev$/);
    alpha.writeFile('/run/plug.xml', hostdev({ uuid: SECOND_MDEV, bus: 2 }));
    expect(await alpha.virsh('attach-device', 'guest', '/run/plug.xml', '--live')).toMatchObject({ status: 0 });
    await soon(async () => (await stampOf(alpha, 'guest'))?.devices.length === 2);
    expect(await alpha.virsh('detach-device', 'guest', '/run/plug.xml', '--live')).toMatchObject({ status: 0 });
    await soon(async () => (await stampOf(alpha, 'guest'))?.devices.length === 1);
  });

  test('a stamp that somebody removes or replaces is soon back', async () => {
    await alpha.boot(GUEST);
    await following.line(/stamped, 1 mdev/);
    const metadata = ['metadata', 'guest', 'urn:mdev-preflight:stamp:1', '--live'];
    await alpha.virsh(...metadata, '--remove');
    await soon(async () => (await stampOf(alpha, 'guest')) !== null);
    await alpha.virsh(...metadata, '--key', 'p', '--set', '<stamp host="x" time="2020-01-01T00:00:00Z"/>');
    await soon(async () => (await stampOf(alpha, 'guest'))?.host.name === 'alpha');
  });

  test('a stamp is removed where the driver gives no answer any more, and other guests go on', async () => {
    const hanging = gvtHost('alpha', 1);
    alpha.configure('deadline_seconds = 1\n');
    following.kill();
    await following.exited;
    await alpha.boot(GUEST);
    following = alpha.spawn(FOLLOW);
    await following.line(/stamped, 1 mdev/);
    const type = hanging.parents['0000:00:02.0']?.types['i915-GVTg_V5_4'];
    if (type?.migrationVersion === undefined) throw new Error('no such type');
    Object.assign(type, { migrationVersion: { ...type.migrationVersion, read: { hang: true } } });
    alpha.sim.change(hanging);
    // Something makes it look again.
    await alpha.virsh('suspend', 'guest');
    await following.line(/not stamped; the stamp it had cannot be confirmed, and was removed/);
    expect(await stampOf(alpha, 'guest')).toBe(null);
    // It tries again meanwhile, and sends no process after one that the driver still holds.
    await new Promise((resolve) => setTimeout(resolve, 3500));
    expect((await alpha.run(['pgrep', '-c', '-f', 'gather.cjs'])).stdout).toBe('1\n');
    await alpha.boot(guestDefinition('other', { mdevs: [{ uuid: SECOND_MDEV }] }));
    await following.line(/guest 'other' .*stamped, 1 mdev/);
    alpha.sim.change(gvtHost('alpha', 1));
    alpha.sim.release();
    await following.line(/guest 'guest' .*stamped, 1 mdev/);
    alpha.configure('');
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'a restart of libvirtd (%s) is lived through, by the guest too, and what happened meanwhile is made good',
    async (signal) => {
      await alpha.boot(GUEST);
      await following.line(/stamped, 1 mdev$/);
      await alpha.stopDaemon(signal);
      await following.line(/cannot be reached.*; trying again/);
      const seen = following.lines.length;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      // An outage is told once, or once more where its cause is told in other words.
      expect(following.lines.length - seen).toBeLessThan(2);
      await alpha.startDaemon();
      expect(await alpha.domainState('guest')).toBe('running');
      await alpha.virsh('metadata', 'guest', 'urn:mdev-preflight:stamp:1', '--live', '--remove');
      await soon(async () => (await stampOf(alpha, 'guest')) !== null);
    },
  );

  test('a guest without mdevs is let be', async () => {
    await alpha.boot(guestDefinition('plain', {}));
    await alpha.boot(GUEST);
    await following.line(/guest 'guest' .*stamped/);
    expect(following.lines.join()).not.toContain('plain');
    expect(await alpha.liveXml('plain')).not.toContain('mdev-preflight');
  });

  test('it ends with 0 on SIGTERM, at once, also in the middle of its work, and leaves the stamps', async () => {
    await alpha.boot(GUEST);
    await following.line(/stamped, 1 mdev/);
    await alpha.virsh('suspend', 'guest');
    const begun = performance.now();
    following.kill('SIGTERM');
    expect(await following.exited).toMatchObject({ status: 0 });
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(readGuest(await alpha.liveXml('guest')).document.stamps).toHaveLength(1);
    expect((await alpha.run(['pgrep', '-f', 'event --all'])).stdout).toBe('');
  });
});
