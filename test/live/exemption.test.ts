// `mdev-preflight allow`: guests that are let in although the gate says no, for a while.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { gpuHost, SLICES, SMALL, versionOf } from './gpu-hosts.ts';
import { everythingOn, exemptionOn, factsOf, guestUuid, mdevPreflight, refusedBy, stampOn } from './operator.ts';
import { guestDefinition } from './rig/guest.ts';
import type { LiveHost } from './rig/host.ts';
import { COMMAND } from './rig/installation.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from './rig/requirements.ts';
import { type Rig, startRig } from './rig/rig.ts';

const DESKTOP = guestDefinition('desktop', { uuid: guestUuid(1), mdevs: [{ uuid: SLICES[0] }] });
const NAMED = `guest 'desktop' (${guestUuid(1)})`;
const MOVED = { status: 0, stdout: '\n', stderr: '' };
const UNSTAMPED = `refused: guest 'desktop', mdev ${SLICES[0]} at pci:0000:01:00.0: unstamped: the guest's metadata has no stamp, so the source's version is not known; destination 'beta': parent '0000:00:02.0' version '${versionOf(2)}'. Next: on the source host: mdev-preflight stamp ${guestUuid(1)}; then migrate again, with a FILE for --xml made after that or none`;
const REJECTED = `refused: guest 'desktop', mdev ${SLICES[0]} at pci:0000:01:00.0: version-rejected: the driver here rejects the source's version with EINVAL (Invalid argument); source 'alpha': type '${SMALL}' version '${versionOf(1)}'; destination 'beta': parent '0000:00:02.0' version '${versionOf(2)}'. Next: choose another destination or bring both drivers to one level; versions here: mdev-preflight list`;

describe.skipIf(!CAN_RUN_LIVE)(`an exemption${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let beta: LiveHost;
  beforeAll(async () => {
    const started = await startRig([
      { name: 'alpha', sim: gpuHost('alpha', { version: 1 }) },
      { name: 'beta', sim: gpuHost('beta', { version: 2 }), config: 'kernel_log = false\n' },
    ]);
    [alpha, beta] = started.hosts;
    rig = started;
  });
  beforeEach(() => {
    alpha.sim.change(gpuHost('alpha', { version: 1 }));
    beta.sim.change(gpuHost('beta', { version: 2 }));
    for (const host of [alpha, beta]) host.clearJournal();
  });
  afterEach(() => Promise.all([alpha.clear(), beta.clear()]));
  afterAll(() => rig.stop());

  const REASON = "moving 'desktop' & its friends";
  // Gives the moment at which it ends, and the command that takes it back.
  async function allow(duration: string): Promise<{ until: string; takeBack: string }> {
    const { status, stdout, stderr } = await mdevPreflight(
      alpha,
      'allow',
      'desktop',
      '--for',
      duration,
      '--reason',
      REASON,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [, until = ''] = /exempted until (.*Z), then no more\./.exec(stdout) ?? [];
    await expect
      .poll(() => alpha.journal())
      .toContain(
        `-t mdev-preflight -p daemon.warning -- granting an exemption: ${NAMED} until ${until} by 'root@alpha': '${REASON}'`,
      );
    return { until, takeBack: /^ {2}(virsh .*)$/m.exec(stdout)?.[1] ?? '' };
  }
  const acceptance = (line: string, until: string): string =>
    `-t mdev-preflight -p daemon.warning -- accepted by exemption: ${NAMED}: ${line}; exemption by 'root@alpha' until ${until}: '${REASON}'`;
  const refused = (status: 1 | 3, ...told: readonly string[]): object => ({
    status: 1,
    stderr: refusedBy({ guest: 'desktop', status }, ...told),
  });
  const migrate = (): ReturnType<LiveHost['virsh']> => alpha.virsh('migrate', '--live', 'desktop', beta.uri);
  const moveDefinition = (): ReturnType<LiveHost['virsh']> =>
    alpha.virsh('migrate', '--offline', '--persistent', 'desktop', beta.uri);

  test('lets the definition of a guest that is shut off move, and does not come along', async () => {
    await alpha.define(DESKTOP);
    expect(await moveDefinition()).toMatchObject(refused(3, UNSTAMPED));
    expect(await everythingOn(beta)).toEqual([]);
    beta.clearJournal();
    const { until } = await allow('1m');
    expect(await moveDefinition()).toEqual(MOVED);
    expect(await beta.domainState('desktop')).toBe('shut off');
    expect(await exemptionOn(beta, 'desktop')).toBe('');
    await expect.poll(() => beta.journal()).toEqual([acceptance(UNSTAMPED, until)]);
  });

  test('lets a running guest in against the driver’s no, and stamps it first where it was not', async () => {
    await alpha.boot(DESKTOP);
    const { until } = await allow('1m');
    expect(await migrate()).toEqual(MOVED);
    expect(await beta.domainState('desktop')).toBe('running');
    expect(beta.journal()).toEqual([acceptance(REJECTED, until)]);
    expect(await exemptionOn(beta, 'desktop')).toBe('');
    expect(await stampOn(beta, 'desktop')).toBe(factsOf(beta, { version: 2 }));
  });

  test('stays beside a stamp that the service keeps true, and outweighs the driver’s no', async () => {
    const service = alpha.spawn([COMMAND, 'stamp', '--all', '--follow']);
    await service.line(/following the guests/);
    await alpha.boot(DESKTOP);
    await service.line(/stamped, 1 mdev/);
    // The driver's version changed since: a fresh stamp is due, and comes before the exemption.
    alpha.sim.change(gpuHost('alpha', { version: 3 }));
    const { until } = await allow('1m');
    // The service looks at the guest after every change of its metadata.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await migrate()).toEqual(MOVED);
    expect(beta.journal()).toEqual([acceptance(REJECTED.replace(versionOf(1), versionOf(3)), until)]);
    expect(service.lines.join()).not.toContain('exemption');
    service.kill();
    await service.exited;
  });

  test('does not help where the mdev is not there: that is libvirt’s own no', async () => {
    await alpha.boot(DESKTOP);
    const { until } = await allow('1m');
    beta.sim.change({ ...gpuHost('beta', { version: 2 }), mdevs: {} });
    const stderr = `error: device not found: mediated device '${SLICES[0]}' not found\n`;
    expect(await migrate()).toMatchObject({ status: 1, stderr });
    expect(await alpha.domainState('desktop')).toBe('running');
    expect(await exemptionOn(alpha, 'desktop')).toContain(`until="${until}"`);
    expect(await everythingOn(beta)).toEqual([]);
  });

  test('is not granted to a guest with a managed save, whose metadata it would not reach', async () => {
    await alpha.boot(DESKTOP);
    expect(await alpha.virsh('managedsave', 'desktop')).toMatchObject({ status: 0 });
    const { status, stderr } = await mdevPreflight(alpha, 'allow', 'desktop', '--for', '1m', '--reason', 'x');
    expect(status).toBe(2);
    expect(stderr).toContain(`${NAMED} has a managed save`);
    expect(await exemptionOn(alpha, 'desktop')).toBe('');
    await alpha.virsh('managedsave-remove', 'desktop');
  });

  test('ends by itself, and the refusal says so', async () => {
    await alpha.boot(DESKTOP);
    const { until } = await allow('2s');
    await expect.poll(() => new Date() > new Date(until)).toBe(true);
    const { status, stderr } = await migrate();
    const [, clock = ''] = /clock says (\S+Z)$/m.exec(stderr) ?? [];
    const ended = `the exemption in the guest's metadata does not hold: it ended at ${until}, and this host's clock says ${clock}`;
    expect({ status, stderr }).toEqual(refused(1, REJECTED, ended));
    expect(await alpha.domainState('desktop')).toBe('running');
    expect(await everythingOn(beta)).toEqual([]);
  });

  test('is ended by a fresh stamp, and by the command that allow tells', async () => {
    await alpha.boot(DESKTOP);
    const { until, takeBack } = await allow('1m');
    expect(await exemptionOn(alpha, 'desktop')).toContain(`until="${until}"`);
    expect(await alpha.run(['sh', '-c', takeBack])).toMatchObject({ status: 0 });
    expect(await exemptionOn(alpha, 'desktop')).toBe('');
    expect(await migrate()).toMatchObject(refused(1, REJECTED));

    await allow('1m');
    expect(await mdevPreflight(alpha, 'stamp', 'desktop')).toMatchObject({ status: 0 });
    expect(await exemptionOn(alpha, 'desktop')).toBe('');
    expect(await migrate()).toMatchObject(refused(1, REJECTED));
  });
});
