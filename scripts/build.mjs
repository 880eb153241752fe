// Bundles the programs into dist/, one file each: Node starts one file much sooner than the modules it is made of.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledPackages, notices } from './bundled.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const root = fileURLToPath(new URL('..', import.meta.url));
const EXECA = 'src/libvirt/execa.ts';

const result = await build({
  absWorkingDir: root,
  entryPoints: {
    hook: 'src/hook.ts',
    gather: 'src/gather.ts',
    'mdev-preflight': 'src/mdev-preflight.ts',
    start: 'src/start.ts',
    compile: 'src/compile.ts',
    execa: EXECA,
  },
  plugins: [apart(EXECA)],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  // Node 18 is what Debian 12 has; CommonJS starts about 10 ms sooner than ES modules.
  target: 'node18',
  format: 'cjs',
  // start.cjs runs them without Node's own loader, which import() would need.
  supported: { 'dynamic-import': false },
  // Names stay, so that a stack can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  // One character beyond ASCII, and V8 keeps and scans the whole file as UTF-16.
  charset: 'ascii',
  legalComments: 'eof',
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
  metafile: true,
});

// A module in a bundle of its own, which is read only where somebody imports it.
function apart(file) {
  const name = basename(file, '.ts');
  return {
    name: `${name} apart`,
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ kind, path, resolveDir }) =>
        kind !== 'entry-point' && resolve(resolveDir, path) === join(root, file)
          ? { path: `./${name}.cjs`, external: true }
          : null,
      );
    },
  };
}

// For the Node that is here; whoever installs the programs does the same there.
execFileSync(process.execPath, [`${root}dist/compile.cjs`]);

const packages = bundledPackages(root, result);
writeFileSync(`${root}dist/bundled.json`, `${JSON.stringify(packages, null, 2)}\n`);
writeFileSync(`${root}dist/NOTICES`, notices(root, packages));
