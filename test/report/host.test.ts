// `list`, in mdevctl's nesting: [{"parent": [{"type or uuid": {…}}]}].
import { expect, test } from 'vitest';
import { hostReport } from '../../src/cli/list.ts';
import { survey, type SurveyStep } from '../../src/preflight/survey.ts';
import { hostJson, type HostReport, hostText } from '../../src/report/host.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import {
  OTHER_PARENT,
  OTHER_TYPE,
  PARENT,
  TYPE,
  withDeviceVersion,
  withOtherParent,
  withType,
  withTypeVersion,
} from '../preflight/hosts.ts';

const TOOL = { name: 'mdev-preflight', version: '1.2.3' } as const;
const alpha = gvtHost('alpha', 1);
const bare: SimulatedHost = { name: 'bare', parents: {}, mdevs: {} };

function report(host: SimulatedHost): HostReport {
  const steps: SurveyStep[] = [];
  survey(
    simulatedSysfs(host),
    () => false,
    (step) => steps.push(step),
  );
  return hostReport(steps, true, host.name);
}

test('types and mdevs are nested below their parents', () => {
  const type = (size: number, availableInstances: number): object => ({
    available_instances: availableInstances,
    device_api: 'vfio-pci',
    name: `GVTg_V5_${String(size)}`,
    description: `low_gm_size: ${String(size * 32)}MB`,
    migration_version: `8086-591d-GVTg_V5_${String(size)}-00000001`,
    migration_version_errno: null,
  });
  const types = [{ [TYPE]: type(4, 1) }, { [OTHER_TYPE]: type(8, 3) }];
  const mdev = { migration_version: null, migration_version_errno: 'ENOENT' };
  expect(hostJson(report(withOtherParent(alpha)), TOOL)).toEqual({
    schema: 1,
    tool: TOOL,
    host: 'alpha',
    types: [{ [PARENT]: types, [OTHER_PARENT]: types }],
    mdevs: [
      {
        [PARENT]: [
          { [FIRST_MDEV]: { mdev_type: TYPE, ...mdev } },
          { [SECOND_MDEV]: { mdev_type: OTHER_TYPE, ...mdev } },
        ],
      },
    ],
    problems: [],
  });
});

test('parents are in order of their names, whatever the order of their mdevs', () => {
  const mdevs = {
    [FIRST_MDEV]: { parent: OTHER_PARENT, type: TYPE },
    [SECOND_MDEV]: { parent: PARENT, type: TYPE },
  };
  const { mdevs: listed } = hostJson(report({ ...withOtherParent(alpha), mdevs }), TOOL) as { mdevs: object[] };
  expect(Object.keys(listed[0] ?? {})).toEqual([PARENT, OTHER_PARENT]);
});

// As mdevctl has it: test/cli/mdevctl.test.ts.
test('what a driver says in words stands on one line, without blanks around it, or not at all', () => {
  const said = (words: { name: string; description: string }): unknown =>
    hostJson(report(withType(alpha, words)), TOOL);
  const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
  expect(said({ name: utf8(' ½ GPU'), description: 'low_gm_size: 128MB\nfence: 4\n' })).toMatchObject({
    types: [{ [PARENT]: [{ [TYPE]: { name: '½ GPU', description: 'low_gm_size: 128MB, fence: 4' } }, {}] }],
  });
  expect(said({ name: '', description: ' \n' })).toMatchObject({
    types: [{ [PARENT]: [{ [TYPE]: { name: null, description: null } }, {}] }],
  });
});

test('a host without mdevs has empty lists', () => {
  expect(hostJson(report(bare), TOOL)).toMatchObject({ types: [], mdevs: [] });
  expect(hostText(report(bare))).toBe("this host 'bare' has no parent devices of mdevs\n");
});

test('a version that cannot be read is null, beside its errno', () => {
  const host = withDeviceVersion(withTypeVersion(alpha, { read: { errno: 19 } }), {
    read: { errno: 524 },
    rule: { kind: 'i915' },
  });
  const { types, mdevs } = hostJson(report(host), TOOL) as { types: object[]; mdevs: object[] };
  expect(types).toMatchObject([
    { [PARENT]: [{ [TYPE]: { migration_version: null, migration_version_errno: 'ENODEV' } }, {}] },
  ]);
  expect(mdevs).toMatchObject([
    { [PARENT]: [{ [FIRST_MDEV]: { migration_version: null, migration_version_errno: 'ENOTSUPP' } }, {}] },
  ]);
});

test('text for people names each parent once, with all its types and mdevs', () => {
  expect(hostText(report(withType(alpha, { availableInstances: 0 })))).toBe(
    `${PARENT}
  ${TYPE}
    Available instances: 0
    Device API: vfio-pci
    Name: GVTg_V5_4
    Description: low_gm_size: 128MB
    migration_version: '8086-591d-GVTg_V5_4-00000001'
  ${OTHER_TYPE}
    Available instances: 3
    Device API: vfio-pci
    Name: GVTg_V5_8
    Description: low_gm_size: 256MB
    migration_version: '8086-591d-GVTg_V5_8-00000001'
  mdev ${FIRST_MDEV} ${TYPE}
  mdev ${SECOND_MDEV} ${OTHER_TYPE}
`,
  );
});

test('what a driver says of itself cannot move the cursor or forge a line', () => {
  const description = Buffer.from('x\r\u202ey').toString('latin1');
  const host = withTypeVersion(withType(alpha, { name: 'a\u001b[2J\nfake', description }), { read: 'v\u001b[31m\n' });
  expect(hostText(report(host)).replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}/u);
  expect(hostText(report(host))).toContain('Name: a\\x1b[2J\\x0afake\n    Description: x\\x0d\\u{202e}y\n');
});
