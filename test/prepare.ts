// Builds what the tests run as users do: the bundles in dist/, and the test programs in build/.
import { execaSync } from 'execa';

export default function prepare(): void {
  for (const script of ['scripts/build.mjs', 'scripts/build-test-programs.mjs'])
    execaSync(process.execPath, [script], { stdio: 'inherit' });
}
