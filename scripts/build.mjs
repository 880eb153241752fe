// Bundles the programs into dist/, one file each: Node starts one file much sooner than the modules it is made of.
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const root = new URL('..', import.meta.url).pathname;

await build({
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
  // So that mdev-preflight.cjs can be run by its own name.
  banner: { js: '#!/usr/bin/env node' },
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
});
