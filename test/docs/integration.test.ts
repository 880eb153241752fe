// What docs/integration.md tells people to type, to look for and to write into files, is what there is.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/arguments.ts';
import { DEFAULT_CONFIG, parseConfig } from '../../src/config/config.ts';
import { CHECKS } from '../../src/doctor/checks.ts';
import { concludeGuest, readHookGuest } from '../../src/hook/hook.ts';
import type { HookReply } from '../../src/hook/reply.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { identityOf, NOW, progressOn } from '../preflight/exchange.ts';

const PAGE = readFileSync('docs/integration.md', 'utf8');
const [playbook = ''] = [...PAGE.matchAll(/^```yaml\n([^]*?)^```$/gm)].map((match) => match[1] ?? '');
const quoted = [...PAGE.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

describe('docs/integration.md', () => {
  it('names commands and options that there are', () => {
    const commands = [...PAGE.matchAll(/\bmdev-preflight((?: (?!--since)[a-z-]+)+)/g)]
      .map((match) => (match[1] ?? '').trim().split(' '))
      .filter(([first]) => ['doctor', 'stamp', 'check', 'list', 'allow'].includes(first ?? ''));
    expect(commands.length).toBeGreaterThan(4);
    for (const words of commands) expect(parseCommandLine(words)).toMatchObject({ kind: 'call' });
  });

  it('names files of this project that there are', () => {
    const files = quoted.filter((word) => word.startsWith('test/'));
    expect(files).not.toEqual([]);
    for (const file of files) expect(existsSync(file), file).toBe(true);
  });

  it('names checks of doctor that there are', () => {
    const [, named = ''] = /nothing of ([^]*?) may\s+be\s+left/.exec(PAGE) ?? [];
    const ids = [...named.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
    expect(ids).toHaveLength(3);
    for (const id of ids) expect(Object.keys(CHECKS)).toContain(id);
  });

  it('tells to look for words that the hook says', () => {
    const xml = guestXml('desktop-7', [FIRST_MDEV]);
    const beta = gvtHost('beta', 1);
    const reply = (unstamped: 'allow' | 'refuse'): HookReply => {
      const guest = readHookGuest(Buffer.from(xml), 'desktop-7', 'migrate');
      if ('status' in guest) return guest;
      const config = { ...DEFAULT_CONFIG, unstamped };
      return concludeGuest(guest, progressOn(simulatedSysfs(beta), xml), config, identityOf(beta), NOW, 'migrate');
    };
    expect(quoted).toContain('let through by unstamped = "allow"');
    expect(reply('allow').log).toContain('let through by unstamped = "allow"');
    expect(PAGE).toContain("grep -F 'mdev-preflight: refused'");
    expect(reply('refuse').told).toMatch(/^mdev-preflight: refused/);
    expect(reply('refuse').log).toContain('refused');
  });

  // That it is YAML, `make check` sees, which formats it.
  it('has a playbook that writes a configuration which can be read', () => {
    const [, content = ''] = /content: \|\n *(.*)\n/.exec(playbook) ?? [];
    expect(content).toContain('{{ unstamped }}');
    for (const unstamped of ['allow', 'refuse'])
      expect(parseConfig(content.replace('{{ unstamped }}', unstamped))).toEqual({ ...DEFAULT_CONFIG, unstamped });
  });
});
