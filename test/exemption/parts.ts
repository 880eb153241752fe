// Exemptions as libvirt would carry them.
import { writeExemption } from '../../src/exemption/element.ts';
import { type Exemption, EXEMPTION_METADATA } from '../../src/model/exemption.ts';

/** One that begins and ends this many seconds after `now`. */
export function exemptionAround(now: Date, from: number, until: number, reason = 'moving the definition'): Exemption {
  const time = (seconds: number): string =>
    new Date(now.getTime() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
  return { by: 'root@alpha', from: time(from), until: time(until), reason };
}

/** The element with the prefix and the declaration that virDomainSetMetadata adds. */
export function exemptionXml(exemption: Exemption): string {
  const { uri, prefix } = EXEMPTION_METADATA;
  return writeExemption(exemption).replace('<exemption', `<${prefix}:exemption xmlns:${prefix}="${uri}"`);
}

/** The guest's XML with this (XML) in its metadata, behind what is there. */
export function withMetadata(xml: string, inside: string): string {
  if (xml.includes('</metadata>')) return xml.replace('</metadata>', () => `${inside}</metadata>`);
  return xml.replace('</uuid>', () => `</uuid><metadata>${inside}</metadata>`);
}

export function exempt(xml: string, exemption: Exemption): string {
  return withMetadata(xml, exemptionXml(exemption));
}
