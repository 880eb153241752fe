// node build/script-mutants.cjs [--only REGEXP] [--shells all]: would the tests notice if hooks/qemu were written
// otherwise? Each mutation stands in a copy of the repository, and vitest.script-mutants.config.ts runs there until a test
// fails. As root, in namespaces of their own, which end with all that a mutated script left behind. In the repository's
// directory, with dist/ built.
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutation, mutationsOf } from './mutations.ts';

const COPY = resolve('build/mutants/script');
const SCRIPT = 'hooks/qemu';
const COPIED = ['bench', 'bin', 'dist', 'docs', 'hooks', 'packaging', 'scripts', 'src', 'test', 'build/fuse-serve.cjs'];
const FILES = ['package.json', 'tsconfig.json', 'vitest.script-mutants.config.ts'];
const LIMIT_MS = 300_000;
const ENOUGH = 0.9;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    // All of them take three times as long.
    shells: { type: 'string', default: 'one' },
  },
});

const report = resolve('build/mutants/script.txt');
const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
  appendFileSync(report, `${text}\n`);
};

/** What noticed it: a test's name, or that there was no end; null if nothing did. */
function noticed(script: string): string | null {
  writeFileSync(join(COPY, SCRIPT), script, { mode: 0o755 });
  const temporary = join(COPY, 'build/tmp');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const vitest = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '-c', 'vitest.script-mutants.config.ts'];
  const words = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--', ...vitest];
  const { status, error, stdout, stderr } = spawnSync('unshare', words, {
    cwd: COPY,
    env: { ...process.env, TMPDIR: temporary, NO_COLOR: '1', SHELLS: values.shells },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) return 'no end';
  return status === 0 ? null : (/^ *FAIL +(.*)$/m.exec(stdout + stderr)?.[1] ?? `status ${String(status)}`);
}

// What the shell, or awk, does not take at all, a test would notice without looking.
function isWritten({ script }: Mutation): boolean {
  const [, program = ''] = /\bawk [^']*'([^']*)'/.exec(script) ?? [];
  return (
    spawnSync('sh', ['-n'], { input: script }).status === 0 && spawnSync('awk', [program], { input: '' }).status !== 2
  );
}

rmSync(COPY, { recursive: true, force: true });
for (const name of COPIED) cpSync(name, join(COPY, name), { recursive: true });
for (const name of FILES) cpSync(name, join(COPY, name));
symlinkSync(resolve('node_modules'), join(COPY, 'node_modules'));
writeFileSync(report, '');

const original = readFileSync(SCRIPT, 'utf8');
const only = new RegExp(values.only);
const mutations = mutationsOf(original).filter(isWritten);
const failing = noticed(original);
if (failing !== null) throw new Error(`a test fails without any mutation: ${failing}`);

const begun = performance.now();
const tried = mutations.filter(({ line, kind, before }) => only.test(`${String(line)} ${kind}: ${before}`));
let survivors = 0;
for (const mutation of tried) {
  const by = noticed(mutation.script);
  if (by === null) survivors += 1;
  const { line, kind, before, after } = mutation;
  tell(
    `${by === null ? 'SURVIVED' : 'noticed'} ${String(line)} ${kind}: ${before} -> ${after}${by === null ? '' : `\n    ${by}`}`,
  );
}
const score = (tried.length - survivors) / tried.length;
const minutes = (performance.now() - begun) / 60_000;
tell(
  `${String(tried.length)} tried, ${String(survivors)} survived: ${(100 * score).toFixed(1)} %, ${minutes.toFixed(1)} minutes`,
);
process.exitCode = score >= ENOUGH ? 0 : 1;
