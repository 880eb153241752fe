import { describe, expect, test } from 'vitest';
import { ConfigError, DEFAULT_CONFIG, parseConfig } from '../../src/config/config.ts';

function problem(text: string): string {
  try {
    parseConfig(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration is accepted');
}

describe('what stands in the file counts', () => {
  test.each([
    ['unstamped = "allow"', { unstamped: 'allow' }],
    ['unstamped = "refuse"', { unstamped: 'refuse' }],
    ['restamp = "off"', { restamp: 'off' }],
    ['restamp = "hook"', { restamp: 'hook' }],
    ['deadline_seconds = 1', { deadlineSeconds: 1 }],
    ['deadline_seconds = 300', { deadlineSeconds: 300 }],
    ['deadline_seconds = 2.5', { deadlineSeconds: 2.5 }],
    ['kernel_log = false', { kernelLog: false }],
    ['kernel_log = true', { kernelLog: true }],
    ['sysfs_root = "/run/host/sys"', { sysfsRoot: '/run/host/sys' }],
    [`'unstamped' = 'allow' # quoted`, { unstamped: 'allow' }],
  ])('%s', (text, change) => {
    expect(parseConfig(text)).toEqual({ ...DEFAULT_CONFIG, ...change });
  });
});

test('all keys together, with comments, blank lines and Windows line ends', () => {
  const text = [
    '# mdev-preflight',
    '',
    'unstamped = "allow"',
    '  restamp="off"',
    'deadline_seconds = 30 # seconds',
    'kernel_log = false',
    "sysfs_root = '/sys2'",
    '',
  ].join('\r\n');
  expect(parseConfig(text)).toEqual({
    unstamped: 'allow',
    restamp: 'off',
    deadlineSeconds: 30,
    kernelLog: false,
    sysfsRoot: '/sys2',
  });
});

test('an empty file means the defaults', () => {
  for (const text of ['', '\n', '# unstamped = "allow"\n']) expect(parseConfig(text)).toEqual(DEFAULT_CONFIG);
});

test('the defaults are the strict ones', () => {
  expect(DEFAULT_CONFIG).toEqual({
    unstamped: 'refuse',
    restamp: 'hook',
    deadlineSeconds: 10,
    kernelLog: true,
    sysfsRoot: '/sys',
  });
});

describe('an unknown key is told with its line:', () => {
  test.each([
    ['bare', 'unstampd = "allow"', 'unstampd'],
    ['quoted', '"unstamp ed" = "allow"', 'unstamp ed'],
    ['in single quotes', `'a.b' = 1`, 'a.b'],
    ['indented', '    deadline = 5', 'deadline'],
    ['a table', '[hook]\nrestamp = "off"', 'hook'],
    ['a table in blanks', '[ hook ]\nrestamp = "off"', 'hook'],
    ['a table in quotes', '["hook"]\nrestamp = "off"', 'hook'],
    ['a table below a table', '[hook.deep]\nx = 1', 'hook'],
    ['an array of tables', '[[hosts]]\nname = "a"', 'hosts'],
    ['dotted', 'hook.restamp = "off"', 'hook'],
    ['in another case', 'Unstamped = "allow"', 'Unstamped'],
    ['with a hyphen', 'deadline-seconds = 5', 'deadline-seconds'],
    ['called as something every object has', '__proto__ = 1', '__proto__'],
    ['empty', '"" = 1', ''],
  ])('%s', (_, text, key) => {
    expect(problem(`# deadline hook Unstamped\nkernel_log = true\n${text}\n`)).toBe(
      `line 3: unknown key '${key}'; known are unstamped, restamp, deadline_seconds, kernel_log and sysfs_root`,
    );
  });
});

describe('a bad value is told with its line and what is expected:', () => {
  test.each([
    ['unstamped = "Allow"', 'unstamped must be "refuse" or "allow"'],
    ['unstamped = true', 'unstamped must be "refuse" or "allow"'],
    ['unstamped = ["allow"]', 'unstamped must be "refuse" or "allow"'],
    ['restamp = ""', 'restamp must be "hook" or "off"'],
    ['restamp = false', 'restamp must be "hook" or "off"'],
    ['deadline_seconds = 0', 'deadline_seconds must be a number from 1 to 300'],
    ['deadline_seconds = 0.999', 'deadline_seconds must be a number from 1 to 300'],
    ['deadline_seconds = 301', 'deadline_seconds must be a number from 1 to 300'],
    ['deadline_seconds = -5', 'deadline_seconds must be a number from 1 to 300'],
    ['deadline_seconds = "10"', 'deadline_seconds must be a number from 1 to 300'],
    ['deadline_seconds = nan', 'deadline_seconds must be a number from 1 to 300'],
    ['deadline_seconds = inf', 'deadline_seconds must be a number from 1 to 300'],
    ['deadline_seconds = 2026-01-02', 'deadline_seconds must be a number from 1 to 300'],
    ['kernel_log = 1', 'kernel_log must be true or false'],
    ['kernel_log = "true"', 'kernel_log must be true or false'],
    ['sysfs_root = "sys"', 'sysfs_root must be an absolute path in quotes'],
    ['sysfs_root = ""', 'sysfs_root must be an absolute path in quotes'],
    ['sysfs_root = 5', 'sysfs_root must be an absolute path in quotes'],
    ['"sysfs_root" = 5', 'sysfs_root must be an absolute path in quotes'],
    ['[sysfs_root]\npath = "/sys"', 'sysfs_root must be an absolute path in quotes'],
    ['unstamped.hook = "allow"', 'unstamped must be "refuse" or "allow"'],
  ])('%s', (text, expected) => {
    expect(problem(`\n# unstamped = "allow", sysfs_root = 1\n\n${text}\n`)).toBe(`line 4: ${expected}`);
  });
});

describe('what is no TOML is told with line and column:', () => {
  test.each([
    ['no quotes', 'unstamped = allow', 1, 13],
    ['no value', 'kernel_log = true\nrestamp =', 2, 10],
    ['no equals sign', '\n\nrestamp "off"', 3, 9],
    ['an open string', 'restamp = "off', 1, 11],
    ['a key twice', 'kernel_log = true\nkernel_log = false', 2, 1],
    ['two on one line', 'kernel_log = true restamp = "off"', 1, 19],
    ['an open table', '[hook', 1, 2],
  ])('%s', (_, text, line, column) => {
    expect(problem(text)).toMatch(new RegExp(`^line ${String(line)}, column ${String(column)}: [a-z][^\\n]*$`));
  });
});

describe("the line is the key's own", () => {
  test('where its name is written with escapes', () => {
    expect(problem('\n"\\u0075nstamped" = 1')).toMatch(/^line 2: unstamped must be/);
    expect(problem('\n"two\\nlines" = 1')).toMatch(/^line 2: unknown key/);
  });

  test('where a text before it holds a line that looks like it', () => {
    expect(problem('sysfs_root = """/sys\nunstamped = 1"""\nunstamped = 2')).toMatch(/^line 3: unstamped must be/);
  });

  test('where the value stands on several lines', () => {
    expect(problem('kernel_log = true\nunstamped = [\n"allow",\n]')).toMatch(/^line 2: unstamped must be/);
  });
});
