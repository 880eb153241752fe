// Live migrations with the hook in force on every host, of guests that may: what is asked, and what they carry then.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accepting, gpuHost, SLICES, SMALL, versionOf } from './gpu-hosts.ts';
import { everythingOn, factsOf, guestUuid, mdevPreflight, questionsTo, refusedBy, stampOn } from './operator.ts';
import type { RunningCommand } from './rig/enter.ts';
import { guestDefinition } from './rig/guest.ts';
import type { LiveHost } from './rig/host.ts';
import { COMMAND } from './rig/installation.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from './rig/requirements.ts';
import { type Rig, startRig } from './rig/rig.ts';

const DESKTOP = guestDefinition('desktop', { uuid: guestUuid(1), mdevs: [{ uuid: SLICES[0] }] });
const NAMED = `guest 'desktop' (${guestUuid(1)})`;
const ACCEPTED = `-t mdev-preflight -p daemon.info -- accepted: ${NAMED}: 1 mdev`;
const MOVED = { status: 0, stdout: '\n', stderr: '' };

// Every host has its GPU at another place, and another version of its driver.
const ALPHA = { version: 1, parent: '0000:00:02.0', rule: accepting(1, 2) };
const BETA = { version: 2, parent: '0000:00:03.0', rule: accepting(1, 2) };
const GAMMA = { version: 3, parent: '0000:00:04.0', rule: accepting(1, 3) };
const asked = (parent: string, version: number): [string, string] => [
  `sys/devices/pci0000:00/${parent}/mdev_supported_types/${SMALL}/migration_version`,
  `${versionOf(version)}\n`,
];

describe.skipIf(!CAN_RUN_LIVE)(`live migration${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let beta: LiveHost;
  let gamma: LiveHost;
  let following: RunningCommand[] = [];
  beforeAll(async () => {
    const started = await startRig([
      { name: 'alpha', sim: gpuHost('alpha', ALPHA) },
      { name: 'beta', sim: gpuHost('beta', BETA) },
      { name: 'gamma', sim: gpuHost('gamma', GAMMA) },
    ]);
    [alpha, beta, gamma] = started.hosts;
    rig = started;
  });
  beforeEach(() => {
    for (const host of rig.hosts) {
      host.configure('');
      host.clearJournal();
      host.sim.seen();
    }
  });
  afterEach(async () => {
    for (const command of following) command.kill();
    await Promise.all(following.map(({ exited }) => exited));
    following = [];
    await Promise.all(rig.hosts.map((host) => host.clear()));
  });
  afterAll(() => rig.stop());

  async function follow(host: LiveHost): Promise<RunningCommand> {
    const service = host.spawn([COMMAND, 'stamp', '--all', '--follow']);
    following.push(service);
    await service.line(/following the guests/);
    return service;
  }

  const migrate = (from: LiveHost, to: LiveHost): ReturnType<LiveHost['virsh']> =>
    from.virsh('migrate', '--live', 'desktop', to.uri);
  const states = (): Promise<(string | null)[]> => Promise.all(rig.hosts.map((host) => host.domainState('desktop')));

  test('there and back, with no step besides', async () => {
    const service = await follow(alpha);
    await alpha.boot(DESKTOP);
    await service.line(/stamped, 1 mdev/);
    expect(await stampOn(alpha, 'desktop')).toBe(factsOf(alpha, ALPHA));

    alpha.sim.seen();
    expect(await migrate(alpha, beta)).toEqual(MOVED);
    expect(await states()).toEqual(['shut off', 'running', null]);
    expect(questionsTo(alpha)).toEqual([]);
    expect(questionsTo(beta)).toEqual([asked(BETA.parent, 1)]);
    expect(beta.journal()).toEqual([ACCEPTED]);
    // No service runs there: it is the hook that put these in their place.
    expect(await stampOn(beta, 'desktop')).toBe(factsOf(beta, BETA));

    expect(await migrate(beta, alpha)).toEqual(MOVED);
    expect(await states()).toEqual(['running', null, null]);
    expect(questionsTo(alpha)).toEqual([asked(ALPHA.parent, 2)]);
    expect(questionsTo(beta)).toEqual([]);
    expect(alpha.journal()).toEqual([ACCEPTED]);
    expect(await stampOn(alpha, 'desktop')).toBe(factsOf(alpha, ALPHA));
    expect(service.lines).toEqual([
      'mdev-preflight: following the guests of qemu:///system',
      `mdev-preflight: ${NAMED}: stamped, 1 mdev`,
    ]);
  });

  test('of a guest that nobody stamped is refused, and let in after the command that the refusal tells', async () => {
    await alpha.boot(DESKTOP);
    const { status, stderr } = await migrate(alpha, beta);
    const line = `refused: guest 'desktop', mdev ${SLICES[0]} at pci:0000:01:00.0: unstamped: the guest's metadata has no stamp, so the source's version is not known; destination 'beta': parent '${BETA.parent}' version '${versionOf(2)}'. Next: on the source host: mdev-preflight stamp ${guestUuid(1)}; then migrate again, with a FILE for --xml made after that or none`;
    expect({ status, stderr }).toEqual({ status: 1, stderr: refusedBy({ guest: 'desktop', status: 3 }, line) });
    expect(questionsTo(beta)).toEqual([]);
    expect(await states()).toEqual(['running', null, null]);
    expect(await everythingOn(beta)).toEqual([]);

    const [, command = ''] = /Next: on the source host: ([^;]*);/.exec(stderr) ?? [];
    alpha.writeFile('/run/rig/bin/mdev-preflight', `#!/bin/sh\nexec ${COMMAND} "$@"\n`, 0o755);
    expect(await alpha.run(['sh', '-c', command])).toMatchObject({ status: 0 });
    expect(await migrate(alpha, beta)).toEqual(MOVED);
  });

  // README.md, "In an emergency". libvirt looks at the hook at every call, and needs no reload.
  test('is let in by a host whose hook may not be executed, at once, and refused once it may be again', async () => {
    const hook = '/etc/libvirt/hooks/qemu.d/50-mdev-preflight';
    await alpha.boot(DESKTOP);
    expect(await migrate(alpha, beta)).toMatchObject({ status: 1 });
    beta.clearJournal();
    for (const host of [alpha, beta]) await host.run(['chmod', '-x', hook]);
    expect(await migrate(alpha, beta)).toEqual(MOVED);
    expect(beta.journal()).toEqual([]);
    expect((await mdevPreflight(beta, 'doctor', '--quiet')).stdout).toMatch(/^FAIL {2}hook-executable /m);
    expect(await migrate(beta, alpha)).toEqual(MOVED);
    for (const host of [alpha, beta]) await host.run(['chmod', '+x', hook]);
    const { status, stderr } = await migrate(alpha, beta);
    expect([status, stderr]).toEqual([1, expect.stringContaining('unstamped')]);
    expect(await states()).toEqual(['running', null, null]);
  });

  // Gamma's driver takes alpha's version, but not beta's: a stamp that still speaks of alpha would deceive it.
  describe('on from beta to gamma', () => {
    const line = `refused: guest 'desktop', mdev ${SLICES[0]} at pci:0000:01:00.0: version-rejected: the driver here rejects the source's version with EINVAL (Invalid argument); source 'beta': type '${SMALL}' version '${versionOf(2)}'; destination 'gamma': parent '${GAMMA.parent}' version '${versionOf(3)}'. Next: choose another destination or bring both drivers to one level; versions here: mdev-preflight list`;
    const refused = { status: 1, stderr: refusedBy({ guest: 'desktop', status: 1 }, line) };

    async function startOnAlphaAndMoveToBeta(): Promise<void> {
      await alpha.boot(DESKTOP);
      expect(await mdevPreflight(alpha, 'stamp', 'desktop')).toMatchObject({ status: 0 });
      expect(await migrate(alpha, beta)).toEqual(MOVED);
    }

    test('a guest is refused that gamma would have taken from alpha', async () => {
      await startOnAlphaAndMoveToBeta();
      expect(await migrate(beta, gamma)).toMatchObject(refused);
      expect(questionsTo(gamma)).toEqual([asked(GAMMA.parent, 2)]);
      expect(await states()).toEqual(['shut off', 'running', null]);
    });

    test('with restamp = "off" and no service on beta it is let in, by a stamp that is not true any more', async () => {
      beta.configure('restamp = "off"\n');
      await startOnAlphaAndMoveToBeta();
      expect(await stampOn(beta, 'desktop')).toBe(factsOf(alpha, ALPHA));
      expect(await migrate(beta, gamma)).toEqual(MOVED);
      expect(questionsTo(gamma)).toEqual([asked(GAMMA.parent, 1)]);
      expect(await states()).toEqual(['shut off', null, 'running']);
    });

    test('with restamp = "off" and the service on beta it is refused', async () => {
      beta.configure('restamp = "off"\n');
      const service = await follow(beta);
      await startOnAlphaAndMoveToBeta();
      expect(await service.line(/: stamped/)).toBe(`mdev-preflight: ${NAMED}: stamped, 1 mdev`);
      expect(await migrate(beta, gamma)).toMatchObject(refused);
      expect(await states()).toEqual(['shut off', 'running', null]);
    });
  });
});
