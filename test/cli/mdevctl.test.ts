// `list --json` beside mdevctl itself, on the same simulated hosts: where both tell the same fact, they tell it under the
// same names, in the same nesting, in the same order, and in the same words.
import { execa, execaSync } from 'execa';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { OTHER_PARENT, OTHER_TYPE, PARENT, TYPE, withOtherParent, withType } from '../preflight/hosts.ts';
import { runCli } from './run.ts';

const HAS_MDEVCTL = execaSync('mdevctl', ['--version'], { reject: false }).exitCode === 0;

/** What only `list` tells, and what only mdevctl tells. */
const OURS = ['migration_version', 'migration_version_errno'];
const THEIRS = ['start', 'attrs'];

type Entry = Record<string, unknown>;
type Nested = Record<string, Record<string, Entry>[]>[];

/** Every type or mdev without these keys; a key that mdevctl leaves out is null in ours. As text, for the order too. */
function without(keys: readonly string[], nested: Nested): string {
  const kept = ([key, value]: [string, unknown]): boolean => value !== null && !keys.includes(key);
  const entry = (it: Entry): Entry => Object.fromEntries(Object.entries(it).filter(kept));
  const map = <From, To>(it: Record<string, From>, change: (from: From) => To): Record<string, To> =>
    Object.fromEntries(Object.entries(it).map(([name, value]) => [name, change(value)]));
  const stripped = nested.map((parents) => map(parents, (entries) => entries.map((named) => map(named, entry))));
  return JSON.stringify(stripped, null, 2);
}

function keysOf(nested: Nested): string[] {
  const entries = nested.flatMap((parents) => Object.values(parents).flat()).flatMap((named) => Object.values(named));
  return [...new Set(entries.flatMap((entry) => Object.keys(entry)))].sort();
}

describe.skipIf(!CAN_MOUNT || !HAS_MDEVCTL)('list beside mdevctl (needs root, /dev/fuse and mdevctl)', () => {
  const definitions = mkdtempSync(join(tmpdir(), 'mdevctl.d-'));
  let host: MountedHost;
  beforeAll(async () => {
    for (const kind of ['callouts', 'notifiers']) mkdirSync(join(definitions, 'scripts.d', kind), { recursive: true });
    host = await mountHost(gvtHost('alpha', 1));
  });
  afterAll(() => host.unmount());

  /** mdevctl 1.2 takes no other root, so the simulated /sys is put in place of this machine's, for mdevctl alone. */
  const mdevctl = async (command: string): Promise<Nested> => {
    const script = `mount --rbind "$1" /sys && mount --bind "$2" /etc/mdevctl.d && exec mdevctl ${command} --dumpjson`;
    const mounts = ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', host.sysfsRoot, definitions];
    return JSON.parse((await execa('unshare', mounts)).stdout) as Nested;
  };

  const both = async (
    simulated: SimulatedHost,
  ): Promise<{ ours: Record<'types' | 'mdevs', Nested>; status: number }> => {
    host.change(simulated);
    const { status, stdout } = await runCli(['list', '--json', '--sysfs-root', host.sysfsRoot]);
    const ours = JSON.parse(stdout) as Record<'types' | 'mdevs', Nested>;
    const [types, mdevs] = [await mdevctl('types'), await mdevctl('list')];
    expect(without(OURS, ours.types)).toBe(without([], types));
    expect(without(OURS, ours.mdevs)).toBe(without(THEIRS, mdevs));
    expect(new Set(keysOf(mdevs))).toEqual(new Set(mdevs.length === 0 ? [] : ['mdev_type', ...THEIRS]));
    return { ours, status: status ?? -1 };
  };

  it('says the same of types and mdevs', async () => {
    const { ours, status } = await both(gvtHost('alpha', 1));
    expect(status).toBe(0);
    expect(keysOf(ours.types)).toEqual(['available_instances', 'description', 'device_api', 'name', ...OURS].sort());
    expect(keysOf(ours.mdevs)).toEqual(['mdev_type', ...OURS].sort());
  });

  it('says the same where there is nothing', async () => {
    const { ours } = await both({ name: 'bare', parents: {}, mdevs: {} });
    expect(ours).toMatchObject({ types: [], mdevs: [] });
  });

  it('says the same of parents without types, types without room, and mdevs that are not in their order', async () => {
    const others = withOtherParent(gvtHost('alpha', 1));
    const { ours } = await both({
      ...withType(others, { availableInstances: 0 }),
      parents: { '0000:65:00.0': { driver: 'x', types: {} }, ...withType(others, { availableInstances: 0 }).parents },
      mdevs: {
        [SECOND_MDEV]: { parent: PARENT, type: TYPE },
        [FIRST_MDEV]: { parent: OTHER_PARENT, type: OTHER_TYPE },
        '93b8f4f2-509f-382f-3c1e-e6bfe0fa1003': { parent: PARENT, type: OTHER_TYPE },
      },
    });
    expect(ours.types[0]?.['0000:65:00.0']).toEqual([]);
    expect(Object.keys(ours.mdevs[0] ?? {})).toEqual([PARENT, OTHER_PARENT]);
  });

  // i915's description has a line for each size; an attribute's name may be empty.
  it.each([
    ['on several lines', { name: ' GVTg_V5_4', description: 'low_gm_size: 128MB\nhigh_gm_size: 512MB\nweight: 4\n' }],
    ['that are empty', { name: '', description: '\n' }],
    ['beyond ASCII', { name: Buffer.from('½ GPU').toString('latin1'), description: 'a "b" \\ c' }],
  ])('repeats words of a driver %s as mdevctl does', async (_, words) => {
    await both(withType(gvtHost('alpha', 1), words));
  });

  it('leaves out what is in the definitions, and what is defined only', async () => {
    mkdirSync(join(definitions, PARENT));
    for (const uuid of [FIRST_MDEV, '93b8f4f2-509f-382f-3c1e-e6bfe0fa1003']) {
      const definition = { mdev_type: TYPE, start: 'auto', attrs: [{ assign_adapter: '5' }] };
      writeFileSync(join(definitions, PARENT, uuid), JSON.stringify(definition));
    }
    const { ours } = await both(gvtHost('alpha', 1));
    expect(JSON.stringify(await mdevctl('list'))).toContain('"start":"auto"');
    expect(JSON.stringify(ours.mdevs)).not.toContain('fa1003');
  });

  it('tells of an mdev whose parent is gone, which mdevctl leaves out', async () => {
    const alpha = gvtHost('alpha', 1);
    const { ours, status } = await both({ ...alpha, mdevs: { [FIRST_MDEV]: { parent: 'gone', type: TYPE } } });
    expect(ours).toMatchObject({ mdevs: [], problems: [expect.stringContaining(FIRST_MDEV)] });
    expect(status).toBe(3);
  });
});
