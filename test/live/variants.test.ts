// The ways in which virsh moves a running guest: to the gate they are all one.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { gpuHost, LARGE, LARGE_SLICE, SLICES, SMALL, versionOf } from './gpu-hosts.ts';
import { everythingOn, factsOf, guestUuid, mdevPreflight, questionsTo, refusedBy, stampOn } from './operator.ts';
import { guestDefinition } from './rig/guest.ts';
import type { LiveHost } from './rig/host.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from './rig/requirements.ts';
import { type Rig, startRig } from './rig/rig.ts';

const guest = (number: number, name: string, mdev: string): string =>
  guestDefinition(name, { uuid: guestUuid(number), mdevs: [{ uuid: mdev }] });
const accepted = (number: number, name: string): string =>
  `-t mdev-preflight -p daemon.info -- accepted: guest '${name}' (${guestUuid(number)}): 1 mdev`;
const MOVED = { status: 0, stdout: '\n', stderr: '' };
const TYPE_NODE = `sys/devices/pci0000:00/0000:00:02.0/mdev_supported_types/${SMALL}/migration_version`;
const QUESTION = [TYPE_NODE, `${versionOf(1)}\n`];

describe.skipIf(!CAN_RUN_LIVE)(`a migration by virsh migrate${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let beta: LiveHost;
  beforeAll(async () => {
    const started = await startRig([
      { name: 'alpha', sim: gpuHost('alpha', { version: 1 }) },
      { name: 'beta', sim: gpuHost('beta', { version: 1, largeRule: { kind: 'reject', errno: 95 } }) },
    ]);
    [alpha, beta] = started.hosts;
    rig = started;
  });
  beforeEach(() => {
    beta.clearJournal();
  });
  afterEach(() => Promise.all([alpha.clear(), beta.clear()]));
  afterAll(() => rig.stop());

  async function bootStamped(...definitions: readonly string[]): Promise<void> {
    await Promise.all(definitions.map((definition) => alpha.boot(definition)));
    expect(await mdevPreflight(alpha, 'stamp', '--all')).toMatchObject({ status: 0 });
    beta.sim.seen();
  }
  const migrate = (name: string, ...flags: readonly string[]): ReturnType<LiveHost['virsh']> =>
    alpha.virsh('migrate', ...flags, name, beta.uri);
  const definition = async (host: LiveHost, name: string): Promise<string> =>
    (await host.virsh('dumpxml', '--inactive', name)).stdout;

  test.each([
    ['--live --p2p', ''],
    ['--live --p2p --tunnelled', ''],
    ['--live --postcopy --postcopy-after-precopy', ''],
    ['--live --persistent', 'desktop'],
    ['--live --persistent --undefinesource', 'desktop'],
  ])('%s', async (flags, persistent) => {
    await bootStamped(guest(1, 'desktop', SLICES[0]));
    expect(await migrate('desktop', ...flags.split(' '))).toEqual(MOVED);
    expect(await beta.domainState('desktop')).toBe('running');
    expect(questionsTo(beta)).toEqual([QUESTION]);
    expect(beta.journal()).toEqual([accepted(1, 'desktop')]);
    expect(await stampOn(beta, 'desktop')).toBe(factsOf(beta, { version: 1 }));
    // What is left where it was: its definition, if anything.
    expect(await everythingOn(alpha)).toEqual(flags.includes('--undefinesource') ? [] : ['desktop']);
    // A stamp in the definition would be older than the guest's next start.
    expect((await beta.virsh('list', '--all', '--persistent', '--name')).stdout.trim()).toBe(persistent);
    if (persistent !== '') expect(await definition(beta, 'desktop')).not.toContain('urn:mdev-preflight');
  });

  test('--dname: the hook speaks of the guest by its new name', async () => {
    await bootStamped(guest(1, 'desktop', SLICES[0]), guest(2, 'large', LARGE_SLICE));
    expect(await migrate('desktop', '--live', '--dname', 'desktop-on-beta')).toEqual(MOVED);
    expect(beta.journal()).toEqual([accepted(1, 'desktop-on-beta')]);
    expect(await stampOn(beta, 'desktop-on-beta')).toBe(factsOf(beta, { version: 1 }));
    const { stderr } = await migrate('large', '--live', '--dname', 'large-on-beta');
    expect(stderr).toContain("mdev-preflight: refused: guest 'large-on-beta', ");
    expect(await alpha.domainState('large')).toBe('running');
  });

  test('two guests at once, at one driver', async () => {
    await bootStamped(guest(1, 'one', SLICES[0]), guest(2, 'two', SLICES[1]));
    const moved = await Promise.all(['one', 'two'].map((name) => migrate(name, '--live')));
    expect(moved).toEqual([MOVED, MOVED]);
    expect(questionsTo(beta)).toEqual([QUESTION, QUESTION]);
    expect(beta.journal().sort()).toEqual([accepted(1, 'one'), accepted(2, 'two')]);
    expect(await stampOn(beta, 'one')).toBe(factsOf(beta, { version: 1 }));
    expect(await stampOn(beta, 'two')).toBe(factsOf(beta, { version: 1, slice: SLICES[1] }));
  });

  test('two guests at once, of which one may not', async () => {
    await bootStamped(guest(1, 'small', SLICES[0]), guest(2, 'large', LARGE_SLICE));
    const [small, large] = await Promise.all(['small', 'large'].map((name) => migrate(name, '--live')));
    const version = versionOf(1, LARGE);
    const line = `refused: guest 'large', mdev ${LARGE_SLICE} at pci:0000:01:00.0: version-rejected: the driver here rejects the source's version with EOPNOTSUPP (Operation not supported); source 'alpha': type '${LARGE}' version '${version}'; destination 'beta': parent '0000:00:02.0' version '${version}'. Next: choose another destination or bring both drivers to one level; versions here: mdev-preflight list`;
    expect(small).toEqual(MOVED);
    expect(large).toMatchObject({ status: 1, stderr: refusedBy({ guest: 'large', status: 1 }, line) });
    expect(await Promise.all(['small', 'large'].map((name) => alpha.domainState(name)))).toEqual([
      'shut off',
      'running',
    ]);
    expect(await Promise.all(['small', 'large'].map((name) => beta.domainState(name)))).toEqual(['running', null]);
  });
});
