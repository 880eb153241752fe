// What a page in man(7) says, without the commands that set it.
import { readFileSync } from 'node:fs';

/** A line of a page as it is read. A macro gives its words: .BR and its like without blanks between them. */
function plain(line: string): string {
  const [, macro, rest = ''] = /^\.([A-Z]+|\\") ?(.*)$/.exec(line) ?? [undefined, null, line];
  if (macro === '\\"') return '';
  const words = macro === null ? [rest] : [...rest.matchAll(/"((?:[^"]|"")*)"|\S+/g)].map((it) => it[1] ?? it[0]);
  return words
    .join(macro !== null && /^[BIR]{2}$/.test(macro) ? '' : ' ')
    .replace(/\\f[BIRP]|\\&/g, '')
    .replace(/\\\((aq|dq)/g, (_, name) => (name === 'aq' ? "'" : '"'))
    .replaceAll('\\-', '-')
    .replaceAll('\\e', '\\');
}

export class Page {
  readonly #lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  static read(file: string): Page {
    return new Page(readFileSync(file, 'utf8').trimEnd().split('\n'));
  }

  /** What stands below each heading of a kind, without the text before the first. */
  parts(macro: 'SH' | 'SS'): Map<string, Page> {
    const starts = this.#lines.flatMap((line, at) => (line.startsWith(`.${macro} `) ? [at] : []));
    return new Map(
      starts.map((start, index) => [
        plain(this.#lines[start] ?? ''),
        new Page(this.#lines.slice(start + 1, starts[index + 1])),
      ]),
    );
  }

  /** What stands below a heading; fails where there is none. */
  part(title: string): Page {
    const found = this.parts('SH').get(title) ?? this.parts('SS').get(title);
    if (found === undefined) throw new Error(`there is no ${title}`);
    return found;
  }

  /** The first paragraph, in one line. */
  get opening(): string {
    const end = this.#lines.findIndex((line) => /^\.(?:PP|TP|SS)\b/.test(line));
    return this.#lines
      .slice(0, end === -1 ? undefined : end)
      .map(plain)
      .join(' ');
  }

  /** The tags of the paragraphs that have one, with the text of each. */
  get tagged(): Map<string, string> {
    const tags = new Map<string, string>();
    let tag: string | null = null;
    for (const [at, line] of this.#lines.entries()) {
      const before = this.#lines[at - 1] ?? '';
      if (/^\.(?:TP|TQ)\b/.test(before)) {
        tag = plain(line);
        tags.set(tag, '');
      } else if (/^\.(?:PP|SS|SH)\b/.test(line)) tag = null;
      else if (tag !== null && !/^\.(?:TP|TQ|IP|PD)\b/.test(line))
        tags.set(tag, `${tags.get(tag) ?? ''} ${plain(line)}`.trim());
    }
    return tags;
  }

  /** Every line that is read, as it stands in a transcript. */
  get text(): string[] {
    return this.#lines.filter((line) => !/^\.(?:EX|EE|br|PP|SS|nh)\b/.test(line)).map(plain);
  }
}
