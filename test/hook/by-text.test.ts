// Where Node or the program is missing or broken, the script itself judges by text: guests without
// mdevs go on, guests with mdevs are refused, and so is whatever could be one.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { callHook, captured, type HookOptions, type HookResult, orphanedScript } from './call.ts';
import { SHELLS } from './shells.ts';

const PLAIN = captured('11.3.0-10-direct/dst/001-migrate-begin.stdin.xml');
const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const HOSTDEV = /<hostdev [^]*?<\/hostdev>/.exec(MDEV)?.[0] ?? '';
const without = MDEV.replace(HOSTDEV, '');

// Guests without mdevs that look like they had one.
const HARMLESS: Record<string, string> = {
  'a name': PLAIN.replaceAll('plain', 'mdev'),
  'a comment': PLAIN.replace('<devices>', `<devices><!-- ${HOSTDEV} -->`),
  CDATA: PLAIN.replace('<name>', `<description><![CDATA[${HOSTDEV}]]></description><name>`),
  'a processing instruction': PLAIN.replace('<devices>', `<devices><?note ${HOSTDEV}?>`),
  metadata: PLAIN.replace(
    '<devices>',
    `<metadata><x:devices xmlns:x='urn:x'>${HOSTDEV}</x:devices></metadata><devices>`,
  ),
  'a left-over stamp': without.includes('mdv:gate') ? without : '',
  'a hostdev deeper down': PLAIN.replace('<devices>', `<devices><controller type='x'>${HOSTDEV}</controller>`),
  'a reference in text': PLAIN.replace('<name>', '<title>a &#109;dev</title><name>'),
  'a > in an attribute': PLAIN.replace('<devices>', `<devices><x a="mdev>"/>`),
};

// In UTF-16 two signs of ASCII are one of another script: a comment of those can spell what no guest with a mdev has.
const SPELT = Buffer.from('<domain></domain', 'latin1').toString('utf16le');
const SPELLING = MDEV.replace('<devices>', `<!--${SPELT}--><devices>`);
const bigEndian = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('latin1');

// What has a mdev, or might.
const DOUBTFUL: Record<string, string> = {
  'a mdev': MDEV,
  'a mdev without mode': MDEV.replace("mode='subsystem' ", ''),
  'double quotes': MDEV.replace("type='mdev'", 'type = "mdev"'),
  'a type by reference': MDEV.replace("type='mdev'", "type='&#109;dev'"),
  'a document type': `<!DOCTYPE domain [<!ENTITY m "mdev">]>${MDEV.replace("type='mdev'", "type='&m;'")}`,
  'a document type that spells it in two': `<!DOCTYPE domain [<!ENTITY m "md">]>${MDEV.replace("type='mdev'", "type='&m;ev'")}`,
  'an encoding that spells it otherwise': `<?xml version='1.0' encoding='UTF-7'?>${MDEV.replace("type='mdev'", "type='+AG0-dev'")}`,
  'the same behind a byte order mark': `\u00ef\u00bb\u00bf<?xml version='1.0' encoding='UTF-7'?>${MDEV.replace("type='mdev'", "type='+AG0-dev'")}`,
  'a comment without an end': `${without}<!-- 'mdev'`,
  'a prefixed type': MDEV.replace("type='mdev'", "x:type='mdev'"),
  'a cut document': MDEV.slice(0, MDEV.indexOf('</hostdev>')),
  'line ends of DOS': MDEV.replaceAll('\n', '\r\n'),
  'a root with a prefix': MDEV.replace(/<(\/?)domain\b/g, '<$1x:domain'),
  'a hostdev behind a comment': MDEV.replace('<hostdev', '<!-- <a> --><hostdev'),
  'UTF-16': Buffer.from(MDEV, 'utf16le').toString('latin1'),
  'UTF-16 that spells a guest without': Buffer.from(`\ufeff${SPELLING}`, 'utf16le').toString('latin1'),
  'UTF-16 that is declared by its first signs': Buffer.from(`<?xml version='1.0'?>${SPELLING}`, 'utf16le').toString(
    'latin1',
  ),
  'UTF-16 of the other order': bigEndian(
    `\ufeff${SPELLING.replace(SPELT, Buffer.from(SPELT, 'utf16le').swap16().toString('utf16le'))}`,
  ),
};

const BROKEN: Record<string, HookOptions> = {
  'Node is missing': { programs: { node: null } },
  'the program is missing': { script: orphanedScript() },
  'Node does not start': { programs: { node: 'exit 127' } },
  'Node dies': { programs: { node: 'kill -9 $$' } },
  'Node may not be run': { programs: { node: 'exit 126' } },
  'Node says nonsense': { programs: { node: 'echo nonsense' } },
  'timeout is missing': { programs: { timeout: null } },
};

for (const shell of SHELLS) {
  describe.skipIf(shell.missing)(`hooks/qemu run by ${shell.name}, judging by text`, () => {
    const call = (xml: string, options: HookOptions): Promise<HookResult> =>
      callHook(['guest', 'migrate', 'begin', '-'], { ...options, xml: Buffer.from(xml, 'latin1'), shell: shell.words });

    it.each(Object.keys(BROKEN))('lets guests without mdevs through when %s', async (state) => {
      for (const xml of [PLAIN, ...Object.values(HARMLESS)])
        expect(await call(xml, BROKEN[state] ?? {}), xml).toMatchObject({ status: 0, stdout: '', stderr: '' });
    });

    it.each(Object.keys(BROKEN))('refuses guests with mdevs when %s, and says so', async (state) => {
      for (const xml of Object.values(DOUBTFUL)) {
        const result = await call(xml, BROKEN[state] ?? {});
        expect(result, xml).toMatchObject({ status: 3, stdout: '' });
        expect(result.stderr).toMatch(/^mdev-preflight: refused: guest 'guest': .* Next: (?:see|install) .+\n$/);
        expect(result.journal.join()).toContain('refused');
      }
    });

    it('names a program that is not there', async () => {
      const { stderr } = await call(MDEV, { script: orphanedScript() });
      expect(stderr).toMatch(/: it has mdevs, and \/\S*\/hook\.cjs is not there, .* or remove this hook\n$/);
    });

    it('names a Node that may not be run', async () => {
      const { stderr } = await call(MDEV, { programs: { node: 'exit 126' } });
      expect(stderr).toMatch(
        /libvirt's daemon may not run \/.*\/node, so no driver can be asked\. Next: .*--grep denied\n$/,
      );
    });
  });
}

// gawk takes bytes for no characters where they are none in the locale (observed with 5.2), and sees no end of such a tag.
const AWKS = ['mawk', 'gawk', 'original-awk', 'busybox awk'].filter((awk) =>
  existsSync(`/usr/bin/${awk.replace(/ .*/, '')}`),
);

describe.each(AWKS)('hooks/qemu with %s, judging by text', (awk) => {
  const options: HookOptions = {
    programs: { node: null, awk: `exec /usr/bin/env PATH=/usr/bin:/bin ${awk} "$@"` },
    variables: { LC_ALL: undefined, LANG: 'C.UTF-8' },
  };
  const call = (xml: string): Promise<HookResult> =>
    callHook(['guest', 'migrate', 'begin', '-'], { ...options, xml: Buffer.from(xml, 'latin1') });

  it('lets guests without mdevs through in whatever locale', async () => {
    const latin = PLAIN.replace('<devices>', `<metadata><x a='b\u00fcro' b='mdev'/></metadata><devices>`);
    for (const xml of [latin, ...Object.values(HARMLESS)])
      expect(await call(xml), xml).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('refuses the others', async () => {
    for (const xml of Object.values(DOUBTFUL)) expect(await call(xml), xml).toMatchObject({ status: 3, stdout: '' });
  });
});

// What our parser refuses and libvirt would read, with a mention of mdev that starts Node.
const NOTE = `<!-- type='mdev' -->`;
const UNREADABLE: Record<string, string> = {
  'Latin-1': PLAIN.replace('<devices>', `${NOTE}<description>b\u00fcro</description><devices>`),
  'Latin-1, declared': `<?xml version='1.0' encoding='ISO-8859-1'?>\n${PLAIN.replace('<devices>', `${NOTE}<description>b\u00fcro</description><devices>`)}`,
  'deep metadata': PLAIN.replace(
    '<devices>',
    `${NOTE}<metadata>${'<a>'.repeat(120)}${'</a>'.repeat(120)}</metadata><devices>`,
  ),
};

describe('hooks/qemu with Node', () => {
  it('starts none for a guest without mdevs behind a byte order mark', async () => {
    const result = await callHook(['guest', 'migrate', 'begin', '-'], { xml: `\ufeff${PLAIN}` });
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '', nodeStarted: false });
  });

  it.each(['\0', '\x1e', '\x1d'])('takes %j, which no XML has, for no line end', async (character) => {
    const xml = MDEV.replace('\n', character);
    expect(await callHook(['guest', 'migrate', 'begin', '-'], { xml })).toMatchObject({ status: 2, stdout: '' });
  });

  it.each(Object.keys(UNREADABLE))(
    'lets a guest without mdevs through that only its own parser refuses: %s',
    async (what) => {
      const xml = UNREADABLE[what] ?? '';
      const call = (text: string): Promise<HookResult> =>
        callHook(['guest', 'migrate', 'begin', '-'], { xml: Buffer.from(text, 'latin1') });
      expect(await call(xml)).toMatchObject({ status: 0, stdout: '', stderr: '', nodeStarted: true, journal: [] });
      expect(await call(xml.replace('<devices>', `<devices>${HOSTDEV}`))).toMatchObject({ status: 2, stdout: '' });
    },
  );

  it.each(Object.keys(HARMLESS))('lets a guest through that only looks like one with mdevs: %s', async (what) => {
    const result = await callHook(['guest', 'migrate', 'begin', '-'], { xml: HARMLESS[what] ?? '' });
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '', journal: [] });
  });

  it.each(Object.keys(DOUBTFUL))('refuses %s', async (what) => {
    const result = await callHook(['guest', 'migrate', 'begin', '-'], {
      xml: Buffer.from(DOUBTFUL[what] ?? '', 'latin1'),
    });
    expect(result.status).not.toBe(0);
    expect(result.stderr).toMatch(/^mdev-preflight: refused: /);
    expect(result.stdout).toBe('');
  });
});
