// Two places carry the attribute. Which one is asked, and with which bytes.
import { describe, expect, test } from 'vitest';
import type { SimulatedAttribute, SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { stampOn, verdictOn } from '../preflight/exchange.ts';
import { VERSION, withDeviceVersion, withoutTypeVersion, withTypeVersion } from '../preflight/hosts.ts';
import { recordingSysfs } from './recording.ts';

const DEVICE_VERSION = 'device-7\n';
const DEVICE_NODE = `bus/mdev/devices/${FIRST_MDEV}/migration_version`;
const TYPE_NODE = `bus/mdev/devices/${FIRST_MDEV}/mdev_type/migration_version`;

const accepting: SimulatedAttribute = { read: DEVICE_VERSION, rule: { kind: 'accept-all' } };
const typeOnly = withTypeVersion(gvtHost('beta', 1), { rule: { kind: 'accept-all' } });
const deviceOnly = withDeviceVersion(withoutTypeVersion(typeOnly), accepting);
const both = withDeviceVersion(typeOnly, accepting);

function exchange(
  source: SimulatedHost,
  destination: SimulatedHost,
): { offers: object[]; codes: string[]; nodes: unknown[] } {
  const io = recordingSysfs(destination);
  const [device] = verdictOn(destination, stampOn(source, guestXml('desktop-7', [FIRST_MDEV])), io).devices;
  return {
    offers: io.offers,
    codes: device?.reasons.map(({ code }) => code) ?? [],
    nodes: [device?.source?.node, device?.destination?.node],
  };
}

describe('a driver is asked, with the version of that very node,', () => {
  test.each([
    ['at the device node where both hosts have it', both, both, 'device', DEVICE_NODE, DEVICE_VERSION],
    [
      'at the device node where both hosts have nothing else',
      deviceOnly,
      deviceOnly,
      'device',
      DEVICE_NODE,
      DEVICE_VERSION,
    ],
    [
      'at the device node where the destination has nothing else',
      both,
      deviceOnly,
      'device',
      DEVICE_NODE,
      DEVICE_VERSION,
    ],
    ['at the device node where the source has nothing else', deviceOnly, both, 'device', DEVICE_NODE, DEVICE_VERSION],
    ['at the type node where the destination has no device node', both, typeOnly, 'type', TYPE_NODE, VERSION],
    ['at the type node where the source had no device node', typeOnly, both, 'type', TYPE_NODE, VERSION],
    ['at the type node where neither has a device node', typeOnly, typeOnly, 'type', TYPE_NODE, VERSION],
  ])('%s', (_, source, destination, node, path, version) => {
    const { offers, codes, nodes } = exchange(source, destination);
    expect(offers).toEqual([{ path, version }]);
    expect(codes).toEqual([]);
    expect(nodes).toEqual([node, node]);
  });
});

describe('where the hosts have no node in common nobody is asked', () => {
  test('and a stamp with a device version only misses the device node here', () => {
    expect(exchange(deviceOnly, typeOnly)).toMatchObject({ offers: [], codes: ['destination-attribute-missing'] });
  });

  test('and a stamp with a type version only misses the type node here', () => {
    expect(exchange(typeOnly, deviceOnly)).toMatchObject({ offers: [], codes: ['destination-attribute-missing'] });
  });
});

test('a source whose device node cannot be read has said no, whatever its type node says', () => {
  const unreadable = withDeviceVersion(typeOnly, { read: { errno: 19 }, rule: { kind: 'accept-all' } });
  for (const destination of [both, typeOnly, deviceOnly])
    expect(exchange(unreadable, destination)).toMatchObject({ offers: [], codes: ['source-not-migratable'] });
});

test('a source whose type node cannot be read may still be accepted at the device node', () => {
  const source = withTypeVersion(both, { read: { errno: 19 } });
  expect(exchange(source, both)).toMatchObject({ codes: [], nodes: ['device', 'device'] });
  expect(exchange(source, typeOnly)).toMatchObject({ offers: [], codes: ['destination-attribute-missing'] });
});

test('the bytes arrive as they were read, whatever they are', () => {
  const odd = '\t a"\'<&>%41\r\n\u007f \n\n';
  const source = withTypeVersion(gvtHost('alpha', 1), { read: odd });
  const { offers, codes } = exchange(source, typeOnly);
  expect(offers).toEqual([{ path: TYPE_NODE, version: odd }]);
  expect(codes).toEqual([]);
});
