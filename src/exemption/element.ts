// The exemption as an XML element, docs/exemption.md in code. What is known must be right, or it is void:
// an exemption misread lets a guest in that nobody meant to let in. What is not known is left alone.
import { type Exemption, type ExemptionReading, LONGEST_EXEMPTION_SECONDS } from '../model/exemption.ts';
import { parseTime } from '../model/time.ts';
import { escapeAttribute, type XmlElement } from '../model/xml.ts';

/** `elements`: all elements of the exemption's namespace directly under the domain's `<metadata>`. */
export function readExemption(elements: readonly XmlElement[]): ExemptionReading {
  const [element] = elements;
  if (element === undefined) return { kind: 'none' };
  const invalid = (problem: string): ExemptionReading => ({ kind: 'invalid', problem });
  if (elements.length > 1) return invalid(`there are ${String(elements.length)} exemptions`);
  if (element.name !== 'exemption') return invalid(`the element is <${element.name}>, not <exemption>`);
  const value = (name: keyof Exemption): string => element.attributes.get(name) ?? '';
  const [by, from, until, reason] = [value('by'), value('from'), value('until'), value('reason')];
  if (by.trim() === '') return invalid('it does not say who granted it');
  if (reason.trim() === '') return invalid('it gives no reason');
  const [begin, end] = [parseTime(from), parseTime(until)];
  if (begin === null) return invalid(`'${from}' is no time`);
  if (end === null) return invalid(`'${until}' is no time`);
  const seconds = (end.getTime() - begin.getTime()) / 1000;
  if (seconds <= 0) return invalid(`it ends at ${until}, and begins at ${from}`);
  if (seconds > LONGEST_EXEMPTION_SECONDS)
    return invalid(`it is for ${String(seconds)} s; the longest is ${String(LONGEST_EXEMPTION_SECONDS)} s`);
  return { kind: 'exemption', exemption: { by, from, until, reason } };
}

/** The element as virDomainSetMetadata takes it: without prefix and declaration, which libvirt adds. */
export function writeExemption({ by, from, until, reason }: Exemption): string {
  const attributes = Object.entries({ by, from, until, reason });
  return `<exemption${attributes.map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('')}/>`;
}
