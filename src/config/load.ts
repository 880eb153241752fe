// Reads the configuration file.
import { readFileSync, statSync } from 'node:fs';
import { type Config, ConfigError, DEFAULT_CONFIG, parseConfig } from './config.ts';

export const DEFAULT_CONFIG_FILE = '/etc/mdev-preflight/config.toml';

// Five keys. What is no configuration at all would be read for longer than the hook may take, or until memory ends.
const SIZE_LIMIT = 1 << 20;

/** Throws ConfigError. The default file may be missing; one that was named may not. */
export function loadConfig(file: string | undefined): Config {
  const path = file ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    // A pipe in its place would be waited for.
    const found = statSync(path);
    if (!found.isFile()) throw new ConfigError('it is no regular file');
    if (found.size > SIZE_LIMIT) throw new ConfigError('it is larger than 1 MiB');
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
