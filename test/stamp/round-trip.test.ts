// What is written is what is read, whatever bytes a version has and whatever signs a name.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stamp, StampedVersion } from '../../src/model/stamp.ts';
import { decodeVersion, encodeVersion, type VersionBytes } from '../../src/model/version.ts';
import { writeStamp } from '../../src/stamp/write.ts';
import { readMetadata } from './parts.ts';

const bytes = fc
  .string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 80 })
  .map((text) => text as VersionBytes);
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('&', '<', '>', '"', "'", ' ', ']', 'é', '字', '😀'), minLength: 1 }),
);
const version: fc.Arbitrary<StampedVersion | null> = fc.oneof<fc.Arbitrary<StampedVersion | null>[]>(
  fc.record({ state: fc.constant('version'), bytes }),
  fc.record({ state: fc.constant('error'), error: fc.constantFrom('ENOENT', 'ENODEV', 'errno 999') }),
  fc.constant(null),
);
const stamp: fc.Arbitrary<Stamp> = fc.record({
  host: fc.record({ name, id: fc.option(fc.constant('0123456789abcdef0123456789abcdef')) }),
  stampedAt: fc.constantFrom('2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678Z'),
  devices: fc
    .array(
      fc.record({
        guestAddress: fc.option(fc.nat(255).map((bus) => `pci:0000:${bus.toString(16).padStart(2, '0')}:00.0`)),
        uuid: fc.option(fc.uuid()),
        type: name,
        parent: fc.option(name),
        versions: fc.record({ device: version, type: version }),
      }),
      { maxLength: 4 },
    )
    .map((devices) => devices.map((device, index) => ({ index, ...device })))
    .filter((devices) => {
      const addresses = devices.flatMap(({ guestAddress }) => guestAddress ?? []);
      return new Set(addresses).size === addresses.length;
    }),
});

test('a stamp that was written reads the same', () => {
  fc.assert(
    fc.property(stamp, (written) => {
      expect(readMetadata(writeStamp(written))).toEqual({ kind: 'stamp', stamp: written });
    }),
    { numRuns: 300 },
  );
});

test('a version becomes one word of printable ASCII without XML markup, and comes back byte for byte', () => {
  fc.assert(
    fc.property(bytes, (version) => {
      const word = encodeVersion(version);
      expect(word).toMatch(/^[!-~]*$/);
      expect(word).not.toMatch(/["'<>&]/);
      expect(decodeVersion(word)).toBe(version);
    }),
  );
});

test('the longest version there may be comes back whole', () => {
  const longest = '\n'.repeat(4096) as VersionBytes;
  expect(decodeVersion(encodeVersion(longest))).toBe(longest);
});

test('a control character in a name never reaches the XML', () => {
  const text = writeStamp({
    host: { name: 'al\u0000pha\u001b[31m', id: null },
    stampedAt: '2026-01-02T03:04:05Z',
    devices: [],
  });
  expect(text).not.toMatch(/[^\n\u0020-\u007e]/);
  expect(readMetadata(text)).toMatchObject({ kind: 'stamp', stamp: { host: { name: 'al\\x00pha\\x1b[31m' } } });
});
