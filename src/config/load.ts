// Reads the configuration file.
import { readFileSync, statSync } from 'node:fs';
import { type Config, ConfigError, DEFAULT_CONFIG, parseConfig } from './config.ts';

export const DEFAULT_CONFIG_FILE = '/etc/mdev-preflight/config.toml';

/** Throws ConfigError. The default file may be missing; one that was named may not. */
export function loadConfig(file: string | undefined): Config {
  const path = file ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    // A pipe in its place would be waited for.
    if (!statSync(path).isFile()) throw new ConfigError('it is no regular file');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (file === undefined && errorCode(error) === 'ENOENT') return DEFAULT_CONFIG;
    throw new ConfigError(`it cannot be read: ${errorCode(error)}`);
  }
  return parseConfig(text);
}

/** What is wrong with a sysfs root, or null. A typing error must not look like a host without mdevs. */
export function sysfsRootProblem(path: string): string | null {
  try {
    return statSync(path).isDirectory() ? null : 'is no directory';
  } catch (error) {
    return `cannot be read: ${errorCode(error)}`;
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
