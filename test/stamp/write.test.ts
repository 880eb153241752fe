// The element to the letter: nothing stands between its elements but white space.
import { expect, test } from 'vitest';
import type { Stamp } from '../../src/model/stamp.ts';
import type { VersionBytes } from '../../src/model/version.ts';
import { writeBareStamp } from '../../src/stamp/write.ts';

const version = { state: 'version', bytes: 'acme 7.1\n' as VersionBytes } as const;
const STAMP: Stamp = {
  host: { name: 'alpha', id: null },
  stampedAt: '2026-01-02T03:04:05Z',
  devices: [
    {
      index: 0,
      guestAddress: 'pci:0000:01:00.0',
      uuid: '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001',
      type: 'acme-2',
      parent: '0000:00:02.0',
      versions: { device: { state: 'error', error: 'ENODEV' }, type: version },
    },
    {
      index: 1,
      guestAddress: null,
      uuid: null,
      type: 'acme-4',
      parent: null,
      versions: { device: version, type: null },
    },
    { index: 2, guestAddress: null, uuid: null, type: 'acme-8', parent: null, versions: { device: null, type: null } },
  ],
};

// As virDomainSetMetadata takes it.
test('what is not known is left out, and so are prefixes and declaration', () => {
  expect(writeBareStamp(STAMP).split('\n')).toEqual([
    '<stamp host="alpha" time="2026-01-02T03:04:05Z">',
    '      <device index="0" address="pci:0000:01:00.0" uuid="83b8f4f2-509f-382f-3c1e-e6bfe0fa1001" type="acme-2" parent="0000:00:02.0">',
    '        <version node="device" error="ENODEV"/>',
    '        <version node="type" value="acme%207.1%0A"/>',
    '      </device>',
    '      <device index="1" type="acme-4">',
    '        <version node="device" value="acme%207.1%0A"/>',
    '      </device>',
    '      <device index="2" type="acme-8">',
    '      </device>',
    '    </stamp>',
  ]);
});
