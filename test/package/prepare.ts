// Before the stories: the packages, the system they are installed into, and what the stories inside it run.
import { execa } from 'execa';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { standInLibrary } from '../live/rig/stand-in.ts';
import { type Builds, buildAll } from './builds.ts';
import { freshSystem } from './root.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    builds: Builds;
    system: string;
  }
}

export default async function prepare({ provide }: TestProject): Promise<() => void> {
  const temporary = mkdtempSync(join(tmpdir(), 'packages-'));
  // One of the packages is built by an ordinary user.
  chmodSync(temporary, 0o711);
  // os.tmpdir() asks it each time; the workers get this environment.
  process.env['TMPDIR'] = temporary;
  const clean = (): void => {
    rmSync(temporary, { recursive: true, force: true });
  };
  try {
    provide('system', await freshSystem());
    provide('builds', await buildAll(temporary));
    // There is nothing to build with in that system.
    await execa(process.execPath, ['scripts/build-test-programs.mjs']);
    standInLibrary();
  } catch (error) {
    clean();
    throw error;
  }
  return clean;
}
