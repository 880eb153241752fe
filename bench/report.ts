// The figures as text for who waits, and as the committed record.
import type { Figure } from './figure.ts';

export interface Results {
  readonly section: string;
  readonly figures: readonly Figure[];
}

const COLUMNS = ['what', 'median', 'ratio', 'target', 'met'];

/** A section's figures; those of peers below the others. */
export function asText({ section, figures }: Results): string {
  const rows = [...ours(figures), ...peers(figures)].map(cells);
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  return `${section}\n${lines.join('\n')}\n`;
}

export function asMarkdown(all: readonly Results[], facts: readonly string[], rounds: number): string {
  return `# What it costs

Written by \`make bench\`; do not edit. Medians of ${String(rounds)} rounds, unless the line says otherwise.

${facts.map((fact) => `- ${fact}`).join('\n')}

${table(COLUMNS, all, ours)}
## Beside it

${table(COLUMNS.slice(0, 3), all, peers)}`;
}

function table(
  columns: readonly string[],
  all: readonly Results[],
  which: (figures: readonly Figure[]) => readonly Figure[],
): string {
  const row = (words: readonly string[]): string => `| ${words.join(' | ')} |\n`;
  const rows = all.flatMap(({ section, figures }) =>
    which(figures).map((figure) => row([section, ...cells(figure).slice(0, columns.length)])),
  );
  return `${row(['section', ...columns])}${row(['---', ...columns.map(() => '---')])}${rows.join('')}`;
}

function cells({ what, value, ratio = '', target = '', met }: Figure): string[] {
  return [what, value, ratio, target, met === undefined ? '' : met ? 'yes' : 'MISSED'];
}

function ours(figures: readonly Figure[]): readonly Figure[] {
  return figures.filter((figure) => figure.peer !== true);
}

function peers(figures: readonly Figure[]): readonly Figure[] {
  return figures.filter((figure) => figure.peer === true);
}
