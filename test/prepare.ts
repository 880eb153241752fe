// Before all tests: builds what they run as users do, the bundles in dist/ and the test programs in build/, and
// makes one temporary directory, so that nothing of them is left behind.
import { execaSync } from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function prepare(): () => void {
  for (const script of ['scripts/build.mjs', 'scripts/build-test-programs.mjs'])
    execaSync(process.execPath, [script], { stdio: 'inherit' });
  const home = mkdtempSync(join(tmpdir(), 'mdev-preflight-'));
  // os.tmpdir() asks it each time; the workers get this environment.
  process.env['TMPDIR'] = home;
  return () => {
    rmSync(home, { recursive: true, force: true });
  };
}
