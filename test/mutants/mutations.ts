// What could be written otherwise in hooks/qemu: one change a mutation, by text, for there is no mutation testing for sh.

export interface Mutation {
  /** Counted from 1. */
  readonly line: number;
  /** What was done, in a word or two. */
  readonly kind: string;
  /** The line before and after, without its indentation; `after` is empty where the line was removed. */
  readonly before: string;
  readonly after: string;
  readonly script: string;
}

interface Operator {
  readonly kind: string;
  readonly pattern: RegExp;
  readonly written: (found: string) => string;
}

const swap =
  (one: string, other: string) =>
  (found: string): string =>
    found === one ? other : one;

const OPERATORS: readonly Operator[] = [
  { kind: 'and, or', pattern: /&&|\|\|/g, written: swap('&&', '||') },
  { kind: 'status', pattern: /(?<=\bexit )\d+/g, written: (status) => (status === '0' ? '3' : '0') },
  { kind: 'test', pattern: /\[ (?:! )?(?=-|\S+ -)/g, written: swap('[ ', '[ ! ') },
  { kind: 'not', pattern: /! (?=document)|!(?=index|match)/g, written: () => '' },
  { kind: 'equal', pattern: /(?<=\[ [^\]]*) !?= (?=[^\]]*\])/g, written: swap(' = ', ' != ') },
  { kind: 'equal', pattern: /(?<=[\w)\]]) [!=]= (?=["\d])/g, written: swap(' == ', ' != ') },
  { kind: 'match', pattern: / !?~ (?=\/)/g, written: swap(' ~ ', ' !~ ') },
  { kind: 'flag', pattern: /(?<=\[ (?:! )?)-[rf] /g, written: () => '-d ' },
  { kind: 'redirection', pattern: / (?:\d?>&\d|\d?>&-|2?>\/dev\/null|<\/dev\/null|\d<&\d)/g, written: () => '' },
  { kind: 'background', pattern: / &$/g, written: () => '' },
  {
    kind: 'number',
    pattern: /(?<=(?:timeout|KILL|depth <=|depth ==|substr\([^)]*|%\.) ?)(?<![$\d])\d+(?:\.\d+)?/g,
    written: more,
  },
  { kind: 'counted', pattern: /(?<=\w)(?:\+\+|--)|\+\+(?=\w)/g, written: swap('++', '--') },
  { kind: 'found', pattern: /found = 1/g, written: () => 'found = 0' },
  {
    kind: 'expansion',
    pattern: /(?<=\$\{\w+)(?:%%|##|%|#)/g,
    written: (sign) => (sign.startsWith('%') ? '#' : '%').repeat(sign.length),
  },
  { kind: 'positional', pattern: /(?<=\$\{?)[1-7](?![\d*])/g, written: (digit) => String((Number(digit) % 7) + 1) },
  { kind: 'character', pattern: /(?<=tr '[^']*|tr '[^']*' '[^']*)\\036/g, written: () => '\\034' },
  { kind: 'signal', pattern: / -s KILL| -9/g, written: () => '' },
];

function more(number: string): string {
  return String(3 * Number(number) + 1);
}

/** All of them, in the script's order; some are no sh. */
export function mutationsOf(script: string): Mutation[] {
  const lines = script.split('\n');
  return lines.flatMap((line, index) => {
    const code = line.trim();
    if (code === '' || code.startsWith('#')) return [];
    const made = (kind: string, after: string | null): Mutation => ({
      line: index + 1,
      kind,
      before: code,
      after: after?.trim() ?? '',
      script: [...lines.slice(0, index), ...(after === null ? [] : [after]), ...lines.slice(index + 1)].join('\n'),
    });
    return [
      made('removed', null),
      ...OPERATORS.flatMap(({ kind, pattern, written }) =>
        [...line.matchAll(pattern)].map((match) => {
          const [found] = match;
          return made(kind, line.slice(0, match.index) + written(found) + line.slice(match.index + found.length));
        }),
      ),
      ...withoutAlternatives(line).map((after) => made('alternative', after)),
    ];
  });
}

// A pattern list of `case`: at its line's beginning, without a parenthesis before the one that ends it.
function withoutAlternatives(line: string): string[] {
  const [, indentation = '', list = '', rest = ''] = /^(\s*)([^()]* \| [^()]*)(\).*;;.*)$/.exec(line) ?? [];
  const alternatives = list.split(' | ');
  if (alternatives.length < 2) return [];
  return alternatives.map(
    (_, index) => `${indentation}${alternatives.filter((__, other) => other !== index).join(' | ')}${rest}`,
  );
}
