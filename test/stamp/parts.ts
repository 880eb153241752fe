// Stamps as text, and what is read out of one.
import { parseDomain } from '../../src/domain-xml/domain.ts';
import type { StampReading } from '../../src/model/domain.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import { readStamp } from '../../src/stamp/read.ts';

/** What a domain XML with this in its `<metadata>` says. */
export function readMetadata(content: string): StampReading {
  return readDomain(`<domain><name>desktop-7</name><metadata>${content}</metadata><devices/></domain>`);
}

export function readDomain(xml: string): StampReading {
  return readStamp(parseDomain(xml).stamps.map(({ element }) => element));
}

export const HOST = `host='alpha' time='2026-01-02T03:04:05Z'`;
export const DEVICE = `index='0' address='pci:0000:01:00.0' type='i915-GVTg_V5_4'`;
export const VERSION = `<version node='type' value='8086-591d-GVTg_V5_4-00000001%0A'/>`;

/** A stamp whose namespace is the default one. */
export function stampText(attributes: string, ...devices: readonly string[]): string {
  return `<stamp xmlns='${STAMP_NAMESPACE}' ${attributes}>${devices.join('')}</stamp>`;
}

export function deviceText(attributes: string, ...content: readonly string[]): string {
  return `<device ${attributes}>${content.join('')}</device>`;
}

/** The stamp that the parts above make. */
export const PLAIN: StampReading = {
  kind: 'stamp',
  stamp: {
    host: { name: 'alpha', id: null },
    stampedAt: '2026-01-02T03:04:05Z',
    devices: [
      {
        index: 0,
        guestAddress: 'pci:0000:01:00.0',
        uuid: null,
        type: 'i915-GVTg_V5_4',
        parent: null,
        versions: { device: null, type: { state: 'version', bytes: '8086-591d-GVTg_V5_4-00000001\n' as never } },
      },
    ],
  },
};
