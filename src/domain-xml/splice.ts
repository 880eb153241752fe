// Puts a stamp into a domain XML, or takes what is ours out, without touching any other byte: libvirt, other
// hooks and people keep the document they wrote. A serialiser would lose quotes, order and elements it does
// not know.
import type { DomainDocument } from './domain.ts';

/** What stands from `start` to `end`, exclusive, becomes `text`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The document's text with `stamp` (one XML element) in the place of every stamp it had, or added where it
 * had none; and without exemptions, which were granted for what the stamp before said.
 */
export function withStamp(document: DomainDocument, stamp: string): string {
  const { text, stamps, exemptions } = document;
  const [first, ...others] = stamps;
  const put = first === undefined ? addition(document, stamp) : { ...first.range, text: stamp };
  // An exemption may begin where a stamp is added: that comes first.
  return edited(text, [put, ...[...others, ...exemptions].map(removal)]);
}

/** The document's text with neither stamp nor exemption. */
export function bareDocument({ text, stamps, exemptions }: DomainDocument): string {
  return edited(text, [...stamps, ...exemptions].map(removal));
}

function addition({ metadata, head }: DomainDocument, stamp: string): Edit {
  if (metadata === null) return { start: head, end: head, text: `\n  <metadata>\n    ${stamp}\n  </metadata>` };
  const { end } = metadata.tag;
  // `<metadata …/>`: what is before the slash stays.
  if (metadata.empty) return { start: end - 2, end, text: `>\n    ${stamp}\n  </metadata>` };
  return { start: end, end, text: `\n    ${stamp}` };
}

function removal({ range }: DomainDocument['stamps'][number]): Edit {
  return { ...range, text: '' };
}

/** Of edits that begin at one place, the first comes first. */
function edited(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const edit of [...edits].sort((one, other) => one.start - other.start)) {
    pieces.push(text.slice(from, edit.start), edit.text);
    from = edit.end;
  }
  return pieces.join('') + text.slice(from);
}
