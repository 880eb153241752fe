// Bundles the programs into dist/, one file each: Node starts one file much sooner than the modules it is made of.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledPackages, notices } from './bundled.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const root = fileURLToPath(new URL('..', import.meta.url));

const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/hook.ts', 'src/gather.ts', 'src/mdev-preflight.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  // Node 18 is what Debian 12 has; CommonJS starts about 10 ms sooner than ES modules.
  target: 'node18',
  format: 'cjs',
  charset: 'utf8',
  legalComments: 'eof',
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
  metafile: true,
});

const packages = bundledPackages(root, result);
writeFileSync(`${root}dist/bundled.json`, `${JSON.stringify(packages, null, 2)}\n`);
writeFileSync(`${root}dist/NOTICES`, notices(root, packages));
