// Before all tests: builds what they run as users do, the bundles in dist/ and the test programs in build/, and
// makes one temporary directory, so that nothing of them is left behind.
import { execaSync } from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGED } from './live/rig/installation.ts';

export default function prepare(): () => void {
  // Where a package is tested, there is nothing to build, or to build with.
  const scripts = PACKAGED ? [] : ['scripts/build.mjs', 'scripts/build-test-programs.mjs'];
  for (const script of scripts) execaSync(process.execPath, [script], { stdio: 'inherit' });
  const home = mkdtempSync(join(tmpdir(), 'mdev-preflight-'));
  // os.tmpdir() asks it each time; the workers get this environment.
  process.env['TMPDIR'] = home;
  return () => {
    rmSync(home, { recursive: true, force: true });
  };
}
