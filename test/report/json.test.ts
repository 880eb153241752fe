// `check --json`, key by key and in the order of the promise.
import { describe, expect, test } from 'vitest';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { checkJson, errorJson } from '../../src/report/json.ts';
import { stampOn, verdictOn } from '../preflight/exchange.ts';
import {
  OTHER_PARENT,
  PARENT,
  TYPE,
  VERSION,
  withDeviceVersion,
  withOtherParent,
  withoutMdev,
  withoutTypeVersion,
  withTypeVersion,
} from '../preflight/hosts.ts';
import { SITUATIONS, verdictIn } from '../preflight/situations.ts';
import type { Verdict } from '../../src/model/verdict.ts';

const NONE = { state: 'none' } as const;
const TOOL = { name: 'mdev-preflight', version: '1.2.3' } as const;
const alpha = gvtHost('alpha', 1);
const beta = gvtHost('beta', 1);
const xml = guestXml('desktop-7', [FIRST_MDEV]);
const stamped = stampOn(alpha, xml);
const SHOWN = '8086-591d-GVTg_V5_4-00000001';

/** As a script gets it; the text, so that the order of keys counts. */
function shown(verdict: Verdict): string {
  return JSON.stringify(checkJson(verdict, NONE, TOOL), null, 1);
}

const HEAD = {
  schema: 1,
  tool: TOOL,
  host: 'beta',
  domain: { name: 'desktop-7', uuid: '22222222-aaaa-4bbb-8ccc-000000000002' },
};
const DEVICE = { index: 0, uuid: FIRST_MDEV, model: 'vfio-pci', guestAddress: 'pci:0000:01:00.0' };
const SOURCE = {
  type: TYPE,
  parent: PARENT,
  version: SHOWN,
  node: 'type',
  host: 'alpha',
  stampedAt: '2026-01-02T03:04:05Z',
};

test('an accepted guest', () => {
  const expected = {
    ...HEAD,
    verdict: 'compatible',
    devices: [
      {
        ...DEVICE,
        verdict: 'compatible',
        source: SOURCE,
        destination: { type: TYPE, parent: PARENT, version: SHOWN, node: 'type' },
        reasons: [],
        candidates: [],
      },
    ],
    exemption: null,
  };
  const found = JSON.parse(shown(verdictOn(beta, stamped))) as typeof expected;
  expect(found).toEqual(expected);
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  expect(Object.keys(found.devices[0] ?? {})).toEqual(Object.keys(expected.devices[0] ?? {}));
});

test('a refused guest whose mdev is missing, with the candidates', () => {
  const destination = withOtherParent(withoutMdev(beta), 2);
  const expected = {
    ...HEAD,
    verdict: 'incompatible',
    devices: [
      {
        ...DEVICE,
        verdict: 'incompatible',
        source: SOURCE,
        destination: null,
        reasons: [
          {
            code: 'destination-device-missing',
            message: `no mdev ${FIRST_MDEV} on this host; parent '${PARENT}' would accept it`,
            remedy: `on this host: mdevctl start --uuid ${FIRST_MDEV} --parent ${PARENT} --type ${TYPE}; then migrate again`,
            errno: null,
            path: null,
            kernelLog: [],
          },
        ],
        candidates: [
          { parent: PARENT, type: TYPE, availableInstances: 1, accepts: true, errno: null },
          { parent: OTHER_PARENT, type: TYPE, availableInstances: 1, accepts: false, errno: 'EINVAL' },
        ],
      },
    ],
    exemption: null,
  };
  expect(shown(verdictOn(destination, stamped))).toBe(JSON.stringify(expected, null, 1));
});

test('an unstamped guest has no source', () => {
  const { devices } = JSON.parse(shown(verdictOn(beta, xml))) as { devices: object[] };
  expect(devices).toMatchObject([
    {
      verdict: 'undetermined',
      source: null,
      destination: { version: SHOWN, node: 'type' },
      reasons: [{ code: 'unstamped' }],
    },
  ]);
});

test('a rejection has the errno, the attribute and the driver’s words', () => {
  const path = `/sys/bus/mdev/devices/${FIRST_MDEV}/mdev_type/migration_version`;
  const { devices } = JSON.parse(shown(verdictOn(gvtHost('beta', 2), stamped))) as { devices: { reasons: object[] }[] };
  expect(devices[0]?.reasons).toEqual([
    {
      code: 'version-rejected',
      message: expect.stringContaining('EINVAL (Invalid argument)') as string,
      remedy: expect.stringMatching(/mdev-preflight list$/) as string,
      errno: 'EINVAL',
      path,
      kernelLog: [expect.stringContaining('migration software version not matched') as string],
    },
  ]);
});

describe('a version is shown', () => {
  const version = (read: string): unknown => {
    const host = withTypeVersion(alpha, { read, rule: { kind: 'accept-all' } });
    const json = checkJson(verdictOn(host, stampOn(host, xml)), NONE, TOOL) as {
      devices: { source: { version: string }; destination: { version: string } }[];
    };
    const [device] = json.devices;
    expect(device?.source.version).toBe(device?.destination.version);
    return device?.source.version;
  };

  test('without its one trailing newline', () => {
    expect(version(VERSION)).toBe(SHOWN);
    expect(version('v')).toBe('v');
    expect(version('v\n\n')).toBe('v\\x0a');
  });

  test('with control characters and bytes beyond ASCII escaped', () => {
    expect(version('a\tb\r\u001b[0m\u007f\u00e9\n')).toBe('a\\x09b\\x0d\\x1b[0m\\x7f\\xe9');
  });

  test('as null where there is none, with its node null too', () => {
    const nowhere = withoutTypeVersion(beta);
    const json = checkJson(verdictOn(nowhere, stamped), NONE, TOOL);
    expect(json).toMatchObject({ devices: [{ destination: { version: null, node: null } }] });
  });
});

test('the source shows the node that was asked', () => {
  const attribute = { read: 'd1\n', rule: { kind: 'accept-all' } } as const;
  const both = withDeviceVersion(alpha, attribute);
  const at = (destination: typeof alpha): object => checkJson(verdictOn(destination, stampOn(both, xml)), NONE, TOOL);
  expect(at(withDeviceVersion(beta, attribute))).toMatchObject({
    devices: [{ source: { node: 'device', version: 'd1' } }],
  });
  expect(at(beta)).toMatchObject({ devices: [{ source: { node: 'type', version: SHOWN } }] });
});

test('nothing is undefined, in any situation: what is not known is null', () => {
  for (const { trigger, nearMiss } of SITUATIONS) {
    for (const situation of [trigger, nearMiss]) {
      const json = checkJson(verdictIn(situation), NONE, TOOL);
      expect(JSON.parse(JSON.stringify(json))).toStrictEqual(json);
    }
  }
});

test('a guest without mdevs, name or uuid', () => {
  const verdict = verdictOn(beta, '<domain/>');
  expect(shown(verdict)).toBe(
    JSON.stringify(
      { ...HEAD, domain: { name: null, uuid: null }, verdict: 'compatible', devices: [], exemption: null },
      null,
      1,
    ),
  );
});

test('an error has a code and a message', () => {
  expect(JSON.stringify(errorJson('invalid-input', 'm'))).toBe(
    '{"schema":1,"error":{"code":"invalid-input","message":"m"}}',
  );
});
