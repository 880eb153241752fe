// Live migrations that are refused: the guest goes on where it is, nothing is left on the destination, and the
// line that virsh shows says why, and what to do.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { gpuHost, LARGE, SLICES, SMALL, versionOf } from './gpu-hosts.ts';
import { everythingOn, guestUuid, mdevPreflight, questionsTo, refusedBy } from './operator.ts';
import { guestDefinition } from './rig/guest.ts';
import type { LiveHost } from './rig/host.ts';
import { CAN_RUN_LIVE, LIVE_NEEDS } from './rig/requirements.ts';
import { type Rig, startRig } from './rig/rig.ts';

const DESKTOP = guestDefinition('desktop', { uuid: guestUuid(1), mdevs: [{ uuid: SLICES[0] }] });
const PARENT = '0000:00:03.0';
const BETA = gpuHost('beta', { version: 1, parent: PARENT });

// What the hook says of the guest's mdev.
function line(why: string, source: string, destination: string, next: string): string {
  return `refused: guest 'desktop', mdev ${SLICES[0]} at pci:0000:01:00.0: ${why}${source}; destination 'beta'${destination}. Next: ${next}`;
}
const FROM_ALPHA = `; source 'alpha': type '${SMALL}' version '${versionOf(1)}'`;
const AT_BETA = (version: string): string => `: parent '${PARENT}' ${version}`;
const LIST = 'what this host has: mdev-preflight list';

const OTHER_HOSTS: [because: string, beta: SimulatedHost, ...told: string[]][] = [
  [
    'the driver there has another version',
    gpuHost('beta', { version: 2, parent: PARENT }),
    line(
      "version-rejected: the driver here rejects the source's version with EINVAL (Invalid argument)",
      FROM_ALPHA,
      AT_BETA(`version '${versionOf(2)}'`),
      'choose another destination or bring both drivers to one level; versions here: mdev-preflight list',
    ),
    `kernel log, possibly related: i915 ${PARENT}: gvt: Migration version mismatched. Possible reason: migration software version not matched. Local migration version:${versionOf(2)}\\x0a, Remote migration version:${versionOf(1)}\\x0a`,
  ],
  [
    'the driver there has no migration_version',
    gpuHost('beta', { version: 1, parent: PARENT, rule: null }),
    line(
      "destination-attribute-missing: no migration_version at the type node here: this host's driver does not support migration",
      FROM_ALPHA,
      AT_BETA('no version'),
      `choose a destination whose driver has it; ${LIST}`,
    ),
  ],
  [
    'the mdev there is of another type',
    { ...BETA, mdevs: { [SLICES[0]]: { parent: PARENT, type: LARGE } } },
    line(
      `type-mismatch: the mdev here has type '${LARGE}', the source's has type '${SMALL}'`,
      FROM_ALPHA,
      AT_BETA(`version '${versionOf(1, LARGE)}'`),
      `choose a destination with an mdev of type '${SMALL}'; ${LIST}`,
    ),
  ],
  [
    'the mdev was not created there',
    { ...BETA, mdevs: {} },
    line(
      `destination-device-missing: no mdev ${SLICES[0]} on this host; parent '${PARENT}' would accept it`,
      FROM_ALPHA,
      '',
      `on this host: mdevctl start --uuid ${SLICES[0]} --parent ${PARENT} --type ${SMALL}; then migrate again`,
    ),
  ],
  [
    'there is no such hardware',
    { ...BETA, parents: {}, mdevs: {} },
    line(
      `destination-type-missing: no mdev ${SLICES[0]} on this host, and no parent device here offers type '${SMALL}'`,
      FROM_ALPHA,
      '',
      `choose a destination that offers type '${SMALL}'; ${LIST}`,
    ),
  ],
];

describe.skipIf(!CAN_RUN_LIVE)(`a live migration is refused${LIVE_NEEDS}`, () => {
  let rig: Rig;
  let alpha: LiveHost;
  let beta: LiveHost;
  let running: string[];
  beforeAll(async () => {
    const started = await startRig([
      { name: 'alpha', sim: gpuHost('alpha', { version: 1 }) },
      { name: 'beta', sim: BETA },
    ]);
    [alpha, beta] = started.hosts;
    rig = started;
    // One guest for all of them: that it goes on is what they are about.
    await alpha.boot(DESKTOP);
    expect(await mdevPreflight(alpha, 'stamp', 'desktop')).toMatchObject({ status: 0 });
    running = await everythingOn(alpha);
  });
  beforeEach(() => {
    beta.sim.change(BETA);
    beta.sim.seen();
    beta.configure('');
    beta.clearJournal();
  });
  afterEach(async () => {
    beta.sim.release();
    expect(await alpha.domainState('desktop')).toBe('running');
    expect(await everythingOn(alpha)).toEqual(running);
    expect(await everythingOn(beta)).toEqual([]);
  });
  afterAll(() => rig.stop());

  const migrate = (...more: string[]): ReturnType<LiveHost['virsh']> =>
    alpha.virsh('migrate', '--live', ...more, 'desktop', beta.uri);
  const refused = (status: 1 | 3, ...told: readonly string[]): object => ({
    status: 1,
    stderr: refusedBy({ guest: 'desktop', status }, ...told),
  });

  test.each(OTHER_HOSTS)('where %s', async (_, changed, first = '', ...others) => {
    beta.sim.change(changed);
    expect(await migrate()).toMatchObject(refused(1, first, ...others));
    const more =
      others.length === 0
        ? ''
        : ` (and ${others.length === 1 ? '1 more line' : `${String(others.length)} more lines`})`;
    await expect.poll(() => beta.journal()).toEqual([`-t mdev-preflight -p daemon.warning -- ${first}${more}`]);
  });

  test('where a file for --xml lost the metadata', async () => {
    const file = join(rig.shared, 'without-metadata.xml');
    const { stdout } = await alpha.virsh('dumpxml', '--migratable', '--security-info', 'desktop');
    writeFileSync(file, stdout.replace(/<metadata>.*<\/metadata>/s, ''));
    const told = line(
      "unstamped: the guest's metadata has no stamp, so the source's version is not known",
      '',
      AT_BETA(`version '${versionOf(1)}'`),
      `on the source host: mdev-preflight stamp ${guestUuid(1)}; then migrate again, with a FILE for --xml made after that or none`,
    );
    expect(await migrate('--xml', file)).toMatchObject(refused(3, told));
    expect(questionsTo(beta)).toEqual([]);
  });

  test('by a driver that hangs, at the deadline, and the daemon there serves others meanwhile', async () => {
    beta.configure('deadline_seconds = 1\n');
    beta.sim.change(gpuHost('beta', { version: 1, parent: PARENT, rule: { kind: 'hang' } }));
    const begun = Date.now();
    let ended = 0;
    const migration = migrate().finally(() => (ended = Date.now()));
    await expect.poll(() => questionsTo(beta)).toHaveLength(1);
    expect(await beta.virsh('list', '--all', '--name')).toEqual({ status: 0, stdout: '\n', stderr: '' });
    expect(ended).toBe(0);
    const node = `/sys/bus/mdev/devices/${SLICES[0]}/mdev_type/migration_version`;
    const why = `deadline-exceeded: no answer before the deadline: writing ${node}`;
    const next = 'look for a stuck driver on this host: dmesg | tail; then migrate again';
    const told = line(why, FROM_ALPHA, AT_BETA(`version '${versionOf(1)}'`), next);
    expect(await migration).toMatchObject(refused(3, told));
    expect(ended - begun).toBeLessThan(4000);
  });
});
