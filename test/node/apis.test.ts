// What the bundles take of Node is there, on paths that no test takes as well. esbuild rewrites newer syntax, and adds no
// function that a Node does not have.
import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NODE } from './under-test.ts';

const BUNDLES = ['hook', 'gather', 'mdev-preflight', 'execa', 'start', 'compile'] as const;
const bundle = (name: string): string => readFileSync(`dist/${name}.cjs`, 'utf8');

// What Node 18.15 does not have, or nobody has here.
const MISSING = [
  // src/libvirt/older-node.ts brings them.
  'node:events addAbortListener',
  'node:stream getDefaultHighWaterMark',
  // For execa's pipes between programs, and for a child's channel to its parent: there are none.
  'node:util aborted',
  'node:process channel',
];

/** "MODULE NAME" of everything that is taken of Node's modules by name. */
function taken(text: string): string[] {
  const modules = new Map(
    [...text.matchAll(/\b(import_\w+)\s*=\s*(?:__toESM\()?require\("(node:[^"]+)"\)/g)].map(([, it, of]) => [it, of]),
  );
  const names = [...text.matchAll(/\b(import_\w+)\.(?:default\.)?(\w+)/g)].flatMap(([, variable, name]) => {
    const module = modules.get(variable);
    return module === undefined || name === undefined || name === 'default' ? [] : [`${module} ${name}`];
  });
  return [...new Set(names)].sort();
}

describe.each(BUNDLES)('dist/%s.cjs', (name) => {
  it('takes nothing of Node’s modules that this Node does not have', async () => {
    const input = taken(bundle(name));
    // That the pattern still fits what esbuild writes.
    expect(input).toContain('node:fs readFileSync');
    const script = `const all = JSON.parse(require('fs').readFileSync(0));
      console.log(JSON.stringify(all.filter((it) => { const [of, name] = it.split(' '); return !(name in require(of)); })));`;
    const { stdout } = await execa(NODE, ['-e', script], { input: JSON.stringify(input) });
    expect((JSON.parse(stdout) as string[]).filter((it) => !MISSING.includes(it))).toEqual([]);
  });

  // Of the language and its globals. `lib` in tsconfig.json keeps our own code from them, and no one else's.
  it('calls nothing by a name that came after Node 18', () => {
    const text = bundle(name);
    const methods =
      /\.(?:toSorted|toReversed|toSpliced|(?:is|to)WellFormed|isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference|transferToFixedLength|getBuiltinModule|toBase64|toHex)\(/g;
    const statics =
      /\b(?:AbortSignal\.any|(?:Object|Map)\.groupBy|Promise\.(?:withResolvers|try)|Array\.fromAsync|Symbol\.(?:asyncDispose|dispose)|Iterator\.\w+|RegExp\.escape|Error\.isError|URL\.parse|import\.meta)\b/g;
    expect([...text.matchAll(methods), ...text.matchAll(statics)].map(([it]) => it)).toEqual([]);
  });
});
