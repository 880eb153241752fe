// The little of an XML tree that is handed from the parser to those who understand an element.

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
