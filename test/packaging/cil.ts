// Reads CIL, as far as packaging/selinux/ uses it: nested lists, words, strings, comments.

type Cil = string | readonly Cil[];

export function parseCil(text: string): readonly Cil[] {
  const open: Cil[][] = [[]];
  for (const [token] of text.matchAll(/;[^\n]*|"[^"]*"|[()]|[^\s()";]+/g)) {
    if (token.startsWith(';')) continue;
    if (token === '(') open.push([]);
    else if (token === ')') {
      const closed = open.pop() ?? [];
      const around = open.at(-1);
      if (around === undefined) throw new Error('a ) too many');
      around.push(closed);
    } else open.at(-1)?.push(token);
  }
  if (open.length !== 1) throw new Error('a ) is missing');
  return open[0] ?? [];
}

/** A statement as text, in one line. */
export function cilText(statement: Cil): string {
  return typeof statement === 'string' ? statement : `(${statement.map(cilText).join(' ')})`;
}

/** Rules of this kind and of this source, as "TARGET CLASS: PERMISSIONS", in order; a rule of another form throws. */
export function rules(statements: readonly Cil[], kind: 'allow' | 'dontaudit', source: string): string[] {
  return statements.flatMap((statement) => {
    const [word, from, to, access, ...more] = statement;
    if (word !== kind || from !== source) return [];
    const [classOf, permissions, ...others] = typeof access === 'object' ? access : [];
    if (typeof to !== 'string' || typeof classOf !== 'string' || typeof permissions !== 'object')
      throw new Error(`another form of rule: ${cilText(statement)}`);
    if (more.length > 0 || others.length > 0) throw new Error(`more in a rule: ${cilText(statement)}`);
    return [`${to} ${classOf}: ${permissions.map(cilText).join(' ')}`];
  });
}
