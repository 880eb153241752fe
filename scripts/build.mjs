// Bundles the programs into dist/: one file each, because Node opens a bundle in 15 ms that takes 70 ms
// as modules (docs/decisions/0003-one-process-to-leave-behind.md has the figures).
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
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
});
