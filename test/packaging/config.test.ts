// The configuration that is installed, and its page, against what the program reads.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, DEFAULT_CONFIG, parseConfig } from '../../src/config/config.ts';
import { DEFAULT_CONFIG_FILE } from '../../src/config/load.ts';
import { Page } from './roff.ts';

const KEYS = Object.keys(DEFAULT_CONFIG).map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
const SHIPPED = readFileSync('packaging/config.toml', 'utf8');
const uncommented = SHIPPED.replace(/^#(?=\w+ = )/gm, '');
const keysIn = (text: string): (string | undefined)[] => [...text.matchAll(/^(\w+) = /gm)].map((it) => it[1]);
const lines = (text: string): string[] => text.split('\n').filter((line) => keysIn(line).length > 0);

/** What a key must be, in the words of the error. */
function expected(key: string): string {
  try {
    parseConfig(`${key} = []`);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace(/^.* must be /, '');
  }
  throw new Error(`${key} takes a list`);
}

describe('packaging/config.toml', () => {
  it('changes nothing as it is installed', () => {
    expect(parseConfig(SHIPPED)).toEqual(DEFAULT_CONFIG);
    expect(SHIPPED).not.toMatch(/^[^#\n]/m);
  });

  it('has every key once, with its default', () => {
    expect(parseConfig(uncommented)).toEqual(DEFAULT_CONFIG);
    expect(keysIn(uncommented)).toEqual(KEYS);
  });

  it.each(KEYS)('says what %s may be', (key) => {
    const [comment = ''] = new RegExp(`(?:^# .*\n)+(?=#${key} = )`, 'm').exec(SHIPPED) ?? [];
    for (const value of expected(key).match(/"\w+"|\d+|true|false|absolute path/g) ?? ['?'])
      expect(comment).toContain(value);
  });

  it('is what docs/configuration.md shows', () => {
    const [, example] = /^```toml\n([^]*?)^```$/m.exec(readFileSync('docs/configuration.md', 'utf8')) ?? [];
    expect(uncommented.slice(uncommented.indexOf('\n\n') + 2)).toBe(example);
  });
});

describe('mdev-preflight-config(5)', () => {
  const page = Page.read('packaging/man/mdev-preflight-config.5');

  it('explains every key, with what it may be and its default', () => {
    const { tagged } = page.part('KEYS');
    expect([...tagged.keys()]).toEqual(KEYS);
    for (const line of lines(uncommented)) {
      const [key = '', value = ''] = line.split(' = ');
      expect(tagged.get(key)).toMatch(new RegExp(`^${expected(key)}; by default ${value}\\. .{20}`));
    }
  });

  it('shows every key with its default, and the file that is read', () => {
    expect(lines(page.part('EXAMPLES').text.join('\n'))).toEqual(lines(uncommented));
    expect(page.part('SYNOPSIS').text).toEqual([DEFAULT_CONFIG_FILE]);
  });

  it('shows an error as it is printed', () => {
    const shown = page.part('DIAGNOSTICS').text.at(-1) ?? '';
    const said = `mdev-preflight: the configuration cannot be used: ${DEFAULT_CONFIG_FILE}: line 3: `;
    expect(shown).toBe(`${said}deadline_seconds must be ${expected('deadline_seconds')}`);
  });
});
