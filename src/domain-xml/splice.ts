// Puts a stamp into a domain XML without touching any other byte: libvirt, other hooks and people
// keep the document they wrote. A serialiser would lose quotes, order and elements it does not know.
import type { DomainDocument } from './domain.ts';

/** The document's text with `stamp` (one XML element) in the place of every stamp it had, or added where it had none. */
export function withStamp(document: DomainDocument, stamp: string): string {
  const { text, stamps, metadata, head } = document;
  if (stamps.length > 0) {
    const pieces: string[] = [];
    let from = 0;
    for (const [index, { range }] of stamps.entries()) {
      pieces.push(text.slice(from, range.start), index === 0 ? stamp : '');
      from = range.end;
    }
    return pieces.join('') + text.slice(from);
  }
  if (metadata === null) return `${text.slice(0, head)}\n  <metadata>\n    ${stamp}\n  </metadata>${text.slice(head)}`;
  const { end } = metadata.tag;
  // `<metadata …/>`: what is before the slash stays.
  if (metadata.empty) return `${text.slice(0, end - 2)}>\n    ${stamp}\n  </metadata>${text.slice(end)}`;
  return `${text.slice(0, end)}\n    ${stamp}${text.slice(end)}`;
}
