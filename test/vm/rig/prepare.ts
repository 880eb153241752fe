// Before the stories: everything that they start from, built where it is not in the cache.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildPackages, type Packages } from '../../package/builds.ts';
import { bootedMachines, driver, image } from './products.ts';

export interface Prepared {
  /** See products.ts. */
  readonly image: string;
  readonly machines: string;
  /** The kernel module. */
  readonly driver: string;
  readonly packages: Packages;
}

declare module 'vitest' {
  export interface ProvidedContext {
    prepared: Prepared;
  }
}

export default async function prepare({ provide }: TestProject): Promise<() => void> {
  const temporary = mkdtempSync(join(tmpdir(), 'vm-'));
  // os.tmpdir() asks it each time; the worker gets this environment.
  process.env['TMPDIR'] = temporary;
  const clean = (): void => {
    rmSync(temporary, { recursive: true, force: true });
  };
  // Vitest does not tear down when it is interrupted twice.
  process.once('exit', clean);
  try {
    const built = await image();
    const prepared = { image: built, driver: await driver(built), machines: await bootedMachines(built) };
    provide('prepared', { ...prepared, packages: await buildPackages('.', join(temporary, 'packages')) });
  } catch (error) {
    clean();
    throw error;
  }
  return clean;
}
