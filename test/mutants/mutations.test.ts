import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutationsOf } from './mutations.ts';

const afterOf = (line: string, kind: string): string[] =>
  mutationsOf(line)
    .filter((mutation) => mutation.kind === kind)
    .map(({ after }) => after);

describe('the mutations of a script', () => {
  it.each([
    ['and, or', 'a && b || c', ['a || b || c', 'a && b && c']],
    ['status', '*) exit 0 ;;', ['*) exit 3 ;;']],
    ['status', 'exit 3', ['exit 0']],
    ['test', '[ -z "$a" ] || b', ['[ ! -z "$a" ] || b']],
    ['test', '[ ! "$a" -ef b ] || c', ['[ "$a" -ef b ] || c']],
    ['not', 'if (!index($0, "?>")) next', ['if (index($0, "?>")) next']],
    ['equal', '[ "$7" != end ]', ['[ "$7" = end ]']],
    [
      'equal',
      'depth == 1 && element != "domain"',
      ['depth != 1 && element != "domain"', 'depth == 1 && element == "domain"'],
    ],
    ['match', 'tag ~ /&/', ['tag !~ /&/']],
    ['flag', '[ -r "$program" ]', ['[ -d "$program" ]']],
    ['redirection', 'a </dev/null 2>&1', ['a 2>&1', 'a </dev/null']],
    ['background', 'a &', ['a']],
    [
      'number',
      "timeout -s KILL 0.5 printf '%.64s'",
      ["timeout -s KILL 2.5 printf '%.64s'", "timeout -s KILL 0.5 printf '%.193s'"],
    ],
    ['counted', 'depth--; ++depth', ['depth++; ++depth', 'depth--; --depth']],
    ['counted', 'set -- a', []],
    ['found', 'found = 1; exit', ['found = 0; exit']],
    ['expansion', '${first% *} ${reply##*a}', ['${first# *} ${reply##*a}', '${first% *} ${reply%%*a}']],
    ['positional', '"$7"', ['"$1"']],
    ['character', "tr '\\000\\036' '\\036\\035'", ["tr '\\000\\034' '\\036\\035'", "tr '\\000\\036' '\\034\\035'"]],
    ['signal', 'timeout -s KILL 1 a; kill -9 1', ['timeout 1 a; kill -9 1', 'timeout -s KILL 1 a; kill 1']],
    ['alternative', 'a | b) exit 0 ;;', ['b) exit 0 ;;', 'a) exit 0 ;;']],
  ])('%s: %s', (kind, line, expected) => {
    expect(afterOf(line, kind)).toEqual(expected);
  });

  it('leave comments and empty lines alone', () => {
    expect(mutationsOf('# a && b\n\n  # exit 0')).toEqual([]);
  });

  it('of hooks/qemu are of every line that does something, and each of one line alone', () => {
    const script = readFileSync('hooks/qemu', 'utf8');
    const lines = script.split('\n');
    const mutations = mutationsOf(script);
    for (const { line, script: mutated, after } of mutations) {
      const written = after === '' ? [] : [mutated.split('\n')[line - 1]];
      expect(mutated).toBe([...lines.slice(0, line - 1), ...written, ...lines.slice(line)].join('\n'));
      expect(mutated).not.toBe(script);
    }
    const doing = lines.filter((line) => /^\s*[^#\s]/.test(line)).length;
    expect(new Set(mutations.map(({ line }) => line)).size).toBe(doing);
  });
});
