// The little of an XML tree that is handed from the parser to those who understand an element, and of
// XML that those who write one need.
import { printable } from './printable.ts';

export interface XmlElement {
  /** Namespace URI, '' for none. Prefixes are gone: a manager may have renamed them. */
  readonly namespace: string;
  readonly name: string;
  /** Attributes without a namespace. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
}

/** The input cannot be used: exit status 2, and in the hook a refusal. The message names thing, cause and place. */
export class UnusableInput extends Error {
  override readonly name = 'UnusableInput';
}

/** A value to stand in double quotes; what XML could not hold, or would not give back as it was, is made printable. */
export function escapeAttribute(value: string): string {
  // Nearly all values: printable ASCII without & < > ".
  if (/^[ !#-%'-;=?-~]*$/.test(value)) return value;
  return printable(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
