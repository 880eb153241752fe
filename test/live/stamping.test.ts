// `mdev-preflight stamp GUEST` and `--all`, typed on a host with running guests.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { gpuHost, LARGE, LARGE_SLICE, SLICES } from './gpu-hosts.ts';
import { factsOf, guestUuid, mdevPreflight, questionsTo, refusedBy, stampOn } from './operator.ts';
import { guestDefinition } from './rig/guest.ts';
import type { LiveHost } from './rig/host.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from './rig/requirements.ts';
import { type Rig, startRig } from './rig/rig.ts';

const stamped = (number: number, name: string): string => `guest '${name}' (${guestUuid(number)}): stamped, 1 mdev\n`;
const held = (number: number, name: string): string =>
  `mdev-preflight: guest '${name}' (${guestUuid(number)}): not stamped: a job holds the guest: a migration, a save, a dump or the like; try again when that has ended: virsh domjobinfo GUEST\n`;
const CANNOT_MIGRATE = `  mdev ${LARGE_SLICE} of type '${LARGE}' has no migration_version (device node ENOENT, type node ENOENT): a migration of this guest will be refused\n`;

describe.skipIf(!CAN_RUN_LIVE)(`stamp${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let beta: LiveHost;
  beforeAll(async () => {
    const started = await startRig([
      { name: 'alpha', sim: gpuHost('alpha', { version: 1, largeRule: null }) },
      { name: 'beta', sim: gpuHost('beta', { version: 1 }) },
    ]);
    [alpha, beta] = started.hosts;
    rig = started;
  });
  afterAll(() => rig.stop());

  // Paused guests take no processor, and are stamped like others.
  async function startPaused(number: number, name: string, mdev: string): Promise<void> {
    await alpha.define(guestDefinition(name, { uuid: guestUuid(number), mdevs: [{ uuid: mdev }] }));
    expect(await alpha.virsh('start', '--paused', guestUuid(number))).toMatchObject({ status: 0 });
  }

  describe('of guests with names that virsh or a shell could misread', () => {
    let names: string[];
    beforeAll(async () => {
      await startPaused(1, 'a b', SLICES[0]);
      // virsh takes a number for the id of a guest first: this one is named like the id of the other.
      const id = (await alpha.virsh('domid', 'a b')).stdout.trim();
      names = ['a b', id, '-x', `it's "7" & more`];
      await startPaused(2, id, SLICES[1]);
      await startPaused(3, '-x', SLICES[2]);
      await startPaused(4, `it's "7" &amp; more`, SLICES[3]);
      await startPaused(5, 'legacy', LARGE_SLICE);
    });
    beforeEach(async () => {
      for (const number of [1, 2, 3, 4, 5])
        await alpha.virsh('metadata', '--domain', guestUuid(number), '--uri', STAMP_NAMESPACE, '--remove', '--live');
    });
    afterAll(() => alpha.clear());

    const carriers = async (): Promise<number[]> => {
      const stamps = await Promise.all([1, 2, 3, 4, 5].map((number) => stampOn(alpha, guestUuid(number))));
      return stamps.flatMap((stamp, index) => (stamp === '' ? [] : [index + 1]));
    };

    test('each by its name, and none but that', async () => {
      for (const [index, number] of [2, 3, 4, 1].entries()) {
        const name = names[number - 1] ?? '';
        const words = name.startsWith('-') ? ['--', name] : [name];
        const done = { status: 0, stdout: stamped(number, name), stderr: '' };
        expect(await mdevPreflight(alpha, 'stamp', ...words)).toEqual(done);
        expect(await carriers()).toEqual([2, 3, 4, 1].slice(0, index + 1).sort());
        expect(await stampOn(alpha, guestUuid(number))).toBe(
          factsOf(alpha, { version: 1, slice: SLICES[number - 1] ?? '' }),
        );
      }
    });

    test('all of them, again and again, and still one stamp each', async () => {
      const all = [...names.map((name, index) => stamped(index + 1, name)), stamped(5, 'legacy'), CANNOT_MIGRATE];
      for (const time of ['first', 'second']) {
        const done = { time, status: 0, stdout: all.join(''), stderr: '' };
        expect({ time, ...(await mdevPreflight(alpha, 'stamp', '--all')) }).toEqual(done);
      }
      expect((await alpha.liveXml(guestUuid(1))).match(/<mdev-preflight:stamp /g)).toHaveLength(1);
    });

    test('by UUID, by two operators at once', async () => {
      const done = { status: 0, stdout: stamped(3, '-x'), stderr: '' };
      const twice = [guestUuid(3), guestUuid(3).toUpperCase()].map((word) => mdevPreflight(alpha, 'stamp', word));
      expect(await Promise.all(twice)).toEqual([done, done]);
      expect((await alpha.liveXml(guestUuid(3))).match(/<mdev-preflight:stamp /g)).toHaveLength(1);
    });

    test('one whose driver has no migration_version is told that it cannot migrate, there and then here', async () => {
      const { status, stdout } = await mdevPreflight(alpha, 'stamp', 'legacy');
      expect({ status, stdout }).toEqual({ status: 0, stdout: `${stamped(5, 'legacy')}${CANNOT_MIGRATE}` });
      const line = `refused: guest 'legacy', mdev ${LARGE_SLICE} at pci:0000:01:00.0: source-not-migratable: the source's type node had no migration_version: its driver does not support migration; source 'alpha': type '${LARGE}' no version; destination 'beta': parent '0000:00:02.0' version '8086-591d-GVTg_V5_8-00000001'. Next: see what the driver offers, on the source host: mdev-preflight list`;
      expect(await alpha.virsh('migrate', '--live', 'legacy', beta.uri)).toMatchObject({
        status: 1,
        stderr: refusedBy({ guest: 'legacy', status: 1 }, line),
      });
      expect(questionsTo(beta)).toEqual([]);
      expect(await alpha.domainState('legacy')).toBe('paused');
    });
  });

  describe('of a guest that a migration holds', () => {
    const existsIn = async (host: LiveHost, path: string): Promise<boolean> =>
      (await host.run(['test', '-e', path])).status === 0;
    afterEach(async () => {
      beta.sim.release();
      beta.removeFile('/etc/libvirt/hooks/qemu.d/90-wait');
      await Promise.all([alpha.clear(), beta.clear()]);
    });

    test('ends at once and says so, stamps the others, and works when the migration has ended', async () => {
      await startPaused(1, 'moving', SLICES[0]);
      await startPaused(2, 'staying', SLICES[1]);
      expect(await mdevPreflight(alpha, 'stamp', 'moving')).toMatchObject({ status: 0 });
      beta.configure('deadline_seconds = 4\n');
      beta.sim.change(gpuHost('beta', { version: 1, rule: { kind: 'hang' } }));
      let ended = false;
      const migration = alpha.virsh('migrate', '--live', 'moving', beta.uri).finally(() => (ended = true));
      await expect.poll(() => questionsTo(beta)).toHaveLength(1);
      expect(await mdevPreflight(alpha, 'stamp', '--all')).toEqual({
        status: 3,
        stdout: stamped(2, 'staying'),
        stderr: held(1, 'moving'),
      });
      expect(ended).toBe(false);
      expect(await migration).toMatchObject({ status: 1 });
      const done = { status: 0, stdout: stamped(1, 'moving'), stderr: '' };
      expect(await mdevPreflight(alpha, 'stamp', 'moving')).toEqual(done);
    });

    test('does so on the destination as well, while it arrives', async () => {
      // Its QEMU is halted once the other one waits for what it sends.
      const [ready, go] = ['/run/rig/ready', '/run/rig/go'];
      const wait = `[ "$2" != started ] || { : >${ready}; until [ -e ${go} ]; do sleep 0.02; done; }`;
      beta.writeFile('/etc/libvirt/hooks/qemu.d/90-wait', `#!/bin/sh\n${wait}\n`, 0o755);
      beta.configure('restamp = "off"\n');
      beta.sim.change(gpuHost('beta', { version: 1 }));
      await startPaused(1, 'arriving', SLICES[0]);
      expect(await mdevPreflight(alpha, 'stamp', 'arriving')).toMatchObject({ status: 0 });
      const migration = alpha.virsh('migrate', 'arriving', beta.uri);
      await expect.poll(() => existsIn(beta, ready)).toBe(true);
      const qemu = (await alpha.run(['pidof', 'qemu-system-x86_64'])).stdout.trim();
      await alpha.run(['kill', '-s', 'STOP', qemu]);
      beta.writeFile(go, '');
      await expect.poll(() => beta.domainState('arriving')).toBe('paused');
      const stamping = await mdevPreflight(beta, 'stamp', 'arriving');
      await alpha.run(['kill', '-s', 'CONT', qemu]);
      expect(await migration).toMatchObject({ status: 0 });
      expect(stamping).toEqual({ status: 3, stdout: '', stderr: held(1, 'arriving') });
    });
  });
});
