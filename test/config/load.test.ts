import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError, DEFAULT_CONFIG } from '../../src/config/config.ts';
import { DEFAULT_CONFIG_FILE, loadConfig } from '../../src/config/load.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mdev-preflight-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a named file is read', () => {
  expect(loadConfig(file('good.toml', 'deadline_seconds = 3\n'))).toEqual({ ...DEFAULT_CONFIG, deadlineSeconds: 3 });
});

test('a named file that is missing is an error', () => {
  expect(() => loadConfig(join(folder, 'missing.toml'))).toThrow(new ConfigError('it cannot be read: ENOENT'));
});

test('what is no regular file is an error: a pipe would be waited for', () => {
  for (const path of [folder, '/dev/null'])
    expect(() => loadConfig(path)).toThrow(new ConfigError('it is no regular file'));
});

test('what is far too large is an error, and is not read', () => {
  const path = file('large.toml', '');
  truncateSync(path, 5 * 2 ** 30);
  expect(() => loadConfig(path)).toThrow(new ConfigError('it is larger than 1 MiB'));
  truncateSync(path, 0);
  expect(loadConfig(path)).toEqual(DEFAULT_CONFIG);
});

test('a bad file is an error', () => {
  expect(() => loadConfig(file('bad.toml', 'unstamped = "maybe"'))).toThrow(ConfigError);
});

test.skipIf(existsSync(DEFAULT_CONFIG_FILE))('without the default file the defaults count', () => {
  expect(loadConfig(undefined)).toEqual(DEFAULT_CONFIG);
});
