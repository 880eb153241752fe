// Bundles the programs that tests start as processes of their own, the benchmark and the fuzzer into build/.
import { build } from 'esbuild';

await build({
  absWorkingDir: new URL('..', import.meta.url).pathname,
  entryPoints: {
    'fuse-serve': 'test/fuse/serve.ts',
    bench: 'bench/main.ts',
    fuzz: 'test/fuzz/main.ts',
    'measure-large': 'test/fuzz/measure-large.ts',
    'script-mutants': 'test/mutants/main.ts',
  },
  outdir: 'build',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // A bundle stands elsewhere than its modules. Only those of test/live/rig ask where they stand.
  define: { 'import.meta.dirname': JSON.stringify(new URL('../test/live/rig', import.meta.url).pathname) },
  logLevel: 'warning',
});
