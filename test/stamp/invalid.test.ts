// A stamp misread lets an incompatible migration pass: what is known must be right.
import { describe, expect, test } from 'vitest';
import { DEVICE, deviceText, HOST, PLAIN, readMetadata, stampText, VERSION } from './parts.ts';

const device = deviceText(DEVICE, VERSION);
const version = (attributes: string): string => stampText(HOST, deviceText(DEVICE, `<version ${attributes}/>`));

test('the stamp that the cases below spoil is valid', () => {
  expect(readMetadata(stampText(HOST, device))).toEqual(PLAIN);
  expect(readMetadata(version(`node='device' value=''`))).toMatchObject({ kind: 'stamp' });
});

describe('a stamp is invalid', () => {
  test.each([
    ['where there are two', stampText(HOST, device) + stampText(HOST, device), '2 stamps'],
    ['where an empty one stands beside it', stampText(HOST) + stampText(HOST, device), '2 stamps'],
    ['where its element has another name', stampText(HOST, device).replace(/stamp(?= |>)/g, 'mark'), '<mark>'],
    ['without a host', stampText(`time='2026-01-02T03:04:05Z'`, device), 'no host'],
    ['with an empty host', stampText(`host='' time='2026-01-02T03:04:05Z'`, device), 'no host'],
    ['without a time', stampText(`host='alpha'`, device), "'' is no time"],
    ['with a time in words', stampText(`host='alpha' time='yesterday'`, device), "'yesterday' is no time"],
    ['with a day that does not exist', stampText(`host='alpha' time='2026-13-02T03:04:05Z'`, device), 'no time'],
    ['with a time of no zone', stampText(`host='alpha' time='2026-01-02T03:04:05'`, device), 'no time'],
    ['with a device without an index', stampText(HOST, deviceText(`type='t'`)), "'' is no index"],
    ['with a negative index', stampText(HOST, deviceText(`index='-1' type='t'`)), "'-1' is no index"],
    ['with an index of seven digits', stampText(HOST, deviceText(`index='1234567' type='t'`)), "'1234567' is no index"],
    ['with an index that is no number', stampText(HOST, deviceText(`index='0x1' type='t'`)), "'0x1' is no index"],
    ['with a device without a type', stampText(HOST, deviceText(`index='0'`)), 'no mdev type'],
    ['with a device with an empty type', stampText(HOST, deviceText(`index='0' type=''`)), 'no mdev type'],
    ['with two devices at one address', stampText(HOST, device, device.replace("'0'", "'1'")), 'two devices'],
    [
      'with two devices without an address at one index',
      stampText(HOST, deviceText(`index='0' type='t'`), deviceText(`index='0' type='t'`)),
      'two devices',
    ],
    ['with a version of no node', version(`value='a'`), "a node ''"],
    ['with a version of an unknown node', version(`node='parent' value='a'`), "a node 'parent'"],
    ['with two versions of one node', stampText(HOST, deviceText(DEVICE, VERSION, VERSION)), 'two versions'],
    ['with both a version and an error', version(`node='type' value='a' error='ENOENT'`), 'unreadable version'],
    ['with neither a version nor an error', version(`node='type'`), 'unreadable version'],
    ['with an empty error', version(`node='type' error=''`), 'unreadable version'],
    ['with a lonely percent sign', version(`node='type' value='a%'`), 'unreadable version'],
    ['with one hexadecimal digit', version(`node='type' value='a%4'`), 'unreadable version'],
    ['with percent and no hexadecimal digits', version(`node='type' value='%zz'`), 'unreadable version'],
    ['with a blank in a version', version(`node='type' value='a b'`), 'unreadable version'],
    ['with a line end in a version', version(`node='type' value='a&#10;'`), 'unreadable version'],
    ['with a sign that is not ASCII in a version', version(`node='type' value='\u00e9'`), 'unreadable version'],
  ])('%s', (_, text, problem) => {
    const reading = readMetadata(text);
    expect(reading.kind).toBe('invalid');
    expect(reading.kind === 'invalid' ? reading.problem : '').toContain(problem);
  });
});

test('no part of an invalid stamp is used: one bad device spoils the good one before it', () => {
  expect(readMetadata(stampText(HOST, device, deviceText(`index='1'`)))).toMatchObject({ kind: 'invalid' });
});
