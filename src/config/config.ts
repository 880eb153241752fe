// /etc/mdev-preflight/config.toml: parsing and checking. Reading the file is for those who were told where it is.
import { parse, TomlError } from 'smol-toml';

export interface Config {
  /** What the hook does with a guest whose source's version is not known. */
  readonly unstamped: 'refuse' | 'allow';
  /** Whether the hook, on acceptance, replaces the stamp by this host's. */
  readonly restamp: 'hook' | 'off';
  /** 1 to 300. */
  readonly deadlineSeconds: number;
  readonly kernelLog: boolean;
  readonly sysfsRoot: string;
}

export const DEFAULT_CONFIG: Config = {
  unstamped: 'refuse',
  restamp: 'hook',
  deadlineSeconds: 10,
  kernelLog: true,
  sysfsRoot: '/sys',
};

/** The message says what is wrong and in which line; not the file, which the reader knows. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Throws ConfigError for a syntax error, an unknown key or a bad value. */
export function parseConfig(text: string): Config {
  const table = parseToml(text);
  const config: { -readonly [K in keyof Config]: Config[K] } = { ...DEFAULT_CONFIG };
  for (const [key, value] of Object.entries(table)) {
    const bad = (expected: string): ConfigError =>
      new ConfigError(`line ${String(lineOf(text, key))}: ${key} must be ${expected}`);
    switch (key) {
      case 'unstamped':
        if (value !== 'refuse' && value !== 'allow') throw bad('"refuse" or "allow"');
        config.unstamped = value;
        break;
      case 'restamp':
        if (value !== 'hook' && value !== 'off') throw bad('"hook" or "off"');
        config.restamp = value;
        break;
      case 'deadline_seconds':
        if (typeof value !== 'number' || !(value >= 1 && value <= 300)) throw bad('a number from 1 to 300');
        config.deadlineSeconds = value;
        break;
      case 'kernel_log':
        if (typeof value !== 'boolean') throw bad('true or false');
        config.kernelLog = value;
        break;
      case 'sysfs_root':
        if (typeof value !== 'string' || !value.startsWith('/')) throw bad('an absolute path in quotes');
        config.sysfsRoot = value;
        break;
      default:
        throw new ConfigError(
          `line ${String(lineOf(text, key))}: unknown key '${key}'; known are unstamped, restamp, deadline_seconds, kernel_log and sysfs_root`,
        );
    }
  }
  return config;
}

function parseToml(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new ConfigError(`line ${String(error.line)}, column ${String(error.column)}: ${first}`);
  }
}

// The parser keeps no places: the key's line is the first behind the longest beginning of the text
// that can be read and does not have the key.
function lineOf(text: string, key: string): number {
  const lines = text.split('\n');
  let line = 1;
  for (let end = 1; end <= lines.length; end += 1) {
    const keys = keysOf(lines.slice(0, end).join('\n'));
    if (keys?.includes(key)) return line;
    if (keys !== null) line = end + 1;
  }
  return line;
}

function keysOf(text: string): string[] | null {
  try {
    return Object.keys(parse(text));
  } catch {
    return null;
  }
}
