// Everything that parseDomain rejects although libxml2 accepts it, with its reason: a document must both be told so
// and be so. What is not in this list is a domain XML that works with libvirt and not with us.
import { isUtf8 } from 'node:buffer';
import type { Found } from './xmllint.ts';

interface Rejection {
  readonly told: RegExp;
  readonly is: (document: Document) => boolean;
}

interface Document {
  readonly bytes: Buffer;
  /** The bytes, one character each. */
  readonly text: string;
  readonly found: Found;
  readonly messages: string;
}

export const REJECTIONS = {
  'it has a document type': {
    told: /: a document type is not allowed$/,
    is: ({ text }) => text.includes('<!DOCTYPE'),
  },
  'it is nested deeper than 100': {
    told: /: elements are nested deeper than 100$/,
    is: ({ found }) => found.tooDeep > 0,
  },
  'a tag has more than 1000 attributes': {
    told: /: one tag has more than 1000 attributes$/,
    is: ({ text }) => /<[^<>]*(?:\s[\w:]+=(?:'[^'<]*'|"[^"<]*")){1001}/.test(text),
  },
  'it is not UTF-8': {
    told: /^the domain XML is not UTF-8$/,
    is: ({ bytes }) => !isUtf8(bytes),
  },
  'it declares another encoding': {
    told: /^the domain XML is declared as '.*', not UTF-8$/,
    is: ({ text }) => /^(?:\xef\xbb\xbf)?<\?xml [^>]*encoding=(?!['"]utf-?8['"])/i.test(text),
  },
  'its root is not <domain>': {
    told: /: its root is <.*>, not <domain>$/,
    is: ({ found }) => found.root.name !== 'domain' || found.root.namespace !== '',
  },
  'a hostdev has no valid UUID': {
    told: /: mdev hostdev \d+: (?:no uuid in <source><address>|'[^]*' is no UUID)$/,
    is: ({ found }) => found.hostdevs.some(({ uuid }) => canonicalUuid(uuid) === null),
  },
  // XPath and xmlGetProp, both of which libvirt uses, disagree on these.
  'a hostdev has x:type or the like': {
    told: /: a hostdev has the attribute '.*:\w+'$/,
    is: ({ found, text }) => found.prefixed > 0 || /xmlns:(?:type|mode)=/.test(text),
  },
  'an address has a bad number': {
    told: /: '[^]*' is no number for \w+ in a hostdev's <address>$/,
    is: ({ text }) =>
      /(?:domain|bus|slot|function)\s*=\s*(['"])(?!\s*\+?(?:0x[0-9a-f]{1,8}|0[0-7]*|[1-9][0-9]*)\1)/i.test(text),
  },
  // libxml2 says so and goes on: a prefix without a namespace becomes a part of the name.
  'its namespaces are wrong': {
    told: /: line \d+, column \d+: /,
    is: ({ messages }) => /^namespace error/m.test(messages),
  },
  // To libxml2 a NUL is the end of the input.
  'it has a NUL behind the root': {
    told: /: (?:disallowed character|text data outside of root node)\.?$/,
    is: ({ text }) => /<\/domain>[^]*\0/.test(text),
  },
} as const satisfies Record<string, Rejection>;

/** Why a document is rejected, or null: without a reason. */
export function whyRejected(message: string, document: Omit<Document, 'text'>): keyof typeof REJECTIONS | null {
  const text = document.bytes.toString('latin1');
  for (const [why, { told, is }] of Object.entries(REJECTIONS) as [keyof typeof REJECTIONS, Rejection][]) {
    if (told.test(message) && is({ ...document, text })) return why;
  }
  return null;
}

/**
 * A UUID's digits, or null where libvirt would not take it: virUUIDParse (libvirt, src/util/viruuid.c) word for
 * word, and so a second opinion on parseUuid's pattern.
 */
export function canonicalUuid(text: string): string | null {
  const isSpace = (at: number): boolean => /^[ \t\n\v\f\r]$/.test(text.charAt(at));
  let at = 0;
  while (isSpace(at)) at += 1;
  let digits = '';
  while (digits.length < 32) {
    if (/^[- ]$/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const pair = text.slice(at, at + 2);
    if (!/^[0-9A-Fa-f]{2}$/.test(pair)) return null;
    digits += pair.toLowerCase();
    at += 2;
  }
  while (isSpace(at)) at += 1;
  return at === text.length ? digits : null;
}
