// mdev-preflight(8) and --help say what the program takes, ends with and reads, and nothing that is not so.
import { execaSync } from 'execa';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS, OPTIONS, TAKES } from '../../src/cli/arguments.ts';
import { COMMAND_HELP, MAIN_HELP } from '../../src/cli/help.ts';
import { exitStatus } from '../../src/judge/guest.ts';
import type { ReasonCode } from '../../src/model/reason.ts';
import { REASONS } from '../../src/model/reasons.ts';
import { Page } from './roff.ts';

const PAGE = Page.read('packaging/man/mdev-preflight.8');
const PAGES = readdirSync('packaging/man').map((name) => `packaging/man/${name}`);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();
/** The long options that a text names. */
const optionsIn = (text: string): string[] =>
  sorted([...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map((it) => it[1] ?? ''));

describe.each(PAGES)('%s', (file) => {
  const linted = (program: string, ...words: string[]): void => {
    it.skipIf(!existsSync(`/usr/bin/${program}`))(`is in order for ${program} (needs ${program})`, () => {
      const env = { LC_ALL: 'C.UTF-8' };
      const { exitCode, stdout, stderr } = execaSync(program, [...words, file], { reject: false, env });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      if (program === 'mandoc') expect(stdout).toBe('');
      if (program === 'lexgrog') expect(stdout).toMatch(/: "(mdev-preflight\S*) - /);
    });
  };
  linted('mandoc', '-Tlint', '-W', 'warning');
  linted('groff', '-man', '-ww', '-z', '-Tutf8');
  linted('man', '--warnings', '-E', 'UTF-8', '-Tutf8', '-Z', '-l');
  linted('lexgrog');

  it('is of this version, and named as its file is', () => {
    const [, name, section] = /\/([^/]*)\.(\d)$/.exec(file) ?? [];
    const title = new RegExp(
      `^\\.TH ${String(name).toUpperCase()} ${String(section)} \\d{4}-\\d\\d-\\d\\d "mdev-preflight ${version}" `,
    );
    expect(readFileSync(file, 'utf8')).toMatch(title);
  });
});

describe('the commands in mdev-preflight(8)', () => {
  const commands = PAGE.part('COMMANDS').parts('SS');
  const shared = PAGE.part('OPTIONS').tagged;

  it('are those that there are', () => {
    expect([...commands.keys()]).toEqual(COMMANDS);
    const synopsis = PAGE.part('SYNOPSIS').text.join(' ');
    expect(sorted(synopsis.match(/(?<=mdev-preflight \[?)\w+/g) ?? [])).toEqual(sorted(COMMANDS));
    expect(optionsIn(synopsis).filter((name) => !(name in OPTIONS))).toEqual([]);
  });

  it.each(COMMANDS)('%s takes these options, and each is explained', (command) => {
    const part = PAGE.part('COMMANDS').part(command);
    expect(optionsIn(part.opening)).toEqual(sorted(TAKES[command]));
    const own = optionsIn([...part.tagged.keys()].join(' '));
    expect(own.filter((name) => !TAKES[command].some((it) => it === name))).toEqual([]);
    expect(sorted([...own, ...optionsIn([...shared.keys()].join(' '))])).toEqual(
      sorted([...TAKES[command], 'sysfs-root', 'config', 'help', 'version']),
    );
  });

  it('show which options take a word', () => {
    const tags = [...commands.values(), PAGE.part('OPTIONS')].flatMap((part) => [...part.tagged.keys()]);
    for (const tag of tags) {
      const [, short, name = '', word] = /^(?:-(\w), )?--([a-z-]+)(?: ([A-Z]+))?$/.exec(tag) ?? [];
      const option: { type: string; short?: string } = OPTIONS[name as keyof typeof OPTIONS];
      expect({ tag, short: option.short, word: option.type === 'string' }).toEqual({
        tag,
        short,
        word: word !== undefined,
      });
    }
  });
});

describe('mdev-preflight(8)', () => {
  it('has every exit status', () => {
    const { tagged } = PAGE.part('EXIT STATUS');
    expect([...tagged.keys()]).toEqual(['0', '1', '2', '3']);
    for (const outcome of ['compatible', 'incompatible'] as const)
      expect(tagged.get(String(exitStatus(outcome)))?.toLowerCase()).toMatch(new RegExp(`^${outcome}`));
    expect(tagged.get(String(exitStatus('undetermined')))).toMatch(/^Could not tell/);
  });

  it('has every reason, under its outcome and status', () => {
    const codes = Object.keys(REASONS) as ReasonCode[];
    const shown = [...PAGE.part('REASONS').parts('SS')].flatMap(([title, part]) =>
      [...part.tagged.keys()].map((code) => [code, title]),
    );
    const title = (outcome: 'incompatible' | 'undetermined'): string =>
      `${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}: status ${String(exitStatus(outcome))}`;
    expect(shown).toEqual(codes.map((code) => [code, title(REASONS[code].outcome)]));
  });

  it('has every variable that is read', () => {
    const names = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const sources = names.map((name) => readFileSync(`src/${name}`, 'utf8'));
    const read = sources.flatMap((text) =>
      [...text.matchAll(/process\.env(?:\['(\w+)'\])?/g)].map((it) => it[1] ?? '?'),
    );
    expect(sorted(PAGE.part('ENVIRONMENT').tagged.keys())).toEqual(sorted([...read, 'PATH']));
  });

  it('names files where they are installed, and pages that there are', () => {
    const files = [...PAGE.part('FILES').tagged.keys()];
    const makefile = readFileSync('Makefile', 'utf8');
    for (const name of ['LIBEXEC', 'HOOK', 'CONFIG'])
      expect(files.map((file) => file.replace(/\/$/, ''))).toContain(
        new RegExp(`^${name} = (.*)$`, 'm').exec(makefile)?.[1],
      );
    const pages = PAGES.flatMap((file) => readFileSync(file, 'utf8').match(/[a-z]+\.md(?!\w)/g) ?? []);
    expect(pages).not.toEqual([]);
    for (const page of pages) expect(existsSync(`docs/${page}`), page).toBe(true);
  });
});

describe('--help', () => {
  it.each(COMMANDS)('of %s explains the options that it takes, and names no others', (command) => {
    const text = COMMAND_HELP[command];
    const explained = [...text.matchAll(/^ {2}(?:-h, )?--([a-z-]+)/gm)].map((it) => it[1] ?? '');
    const expected = command === 'demo' ? [] : sorted([...TAKES[command], 'help']);
    expect(sorted(explained)).toEqual(expected);
    // `virsh migrate --offline` is virsh's.
    expect(optionsIn(text.replaceAll(/\(virsh .*?\)/g, ''))).toEqual(expected);
  });

  it('names every command, and options that there are', () => {
    for (const command of COMMANDS) expect(MAIN_HELP).toMatch(new RegExp(`^ {2}mdev-preflight \\[?${command}\\b`, 'm'));
    expect(optionsIn(MAIN_HELP).filter((name) => !(name in OPTIONS))).toEqual(['migratable']);
  });
});
