// What stands in the manual, works: every example is read by the code that would read it in earnest,
// every link leads somewhere, and lists of keys are complete.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostReport } from '../../src/cli/list.ts';
import { stampJson } from '../../src/cli/stamp-guests.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import { DEFAULT_CONFIG, parseConfig } from '../../src/config/config.ts';
import { parseDomain } from '../../src/domain-xml/domain.ts';
import type { StampReading } from '../../src/model/domain.ts';
import type { Stamp } from '../../src/model/stamp.ts';
import { decodeVersion, encodeVersion, type VersionBytes } from '../../src/model/version.ts';
import { gather } from '../../src/preflight/gather.ts';
import { foundMdevs, judge, readGuest, restamp } from '../../src/preflight/guest.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import { survey, type SurveyStep } from '../../src/preflight/survey.ts';
import { hostJson } from '../../src/report/host.ts';
import { checkJson, errorJson, type Tool } from '../../src/report/json.ts';
import type { Rule, SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { answer } from '../../src/simulation/rules.ts';
import { readStamp } from '../../src/stamp/read.ts';
import { writeStamp } from '../../src/stamp/write.ts';

const page = (name: string): string => readFileSync(`docs/${name}.md`, 'utf8');

/** The fenced blocks of one language. */
function blocks(name: string, language: string): string[] {
  const fences = page(name).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'));
  return [...fences].map((match) => match[1] ?? '');
}

/** The first cell of every table row, as written. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| (.*?) \|/gm)].map((match) => match[1] ?? '');
}

describe('the pages', () => {
  const names = ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );

  // As GitHub makes them: lower case, blanks to hyphens, everything but letters, digits, - and _ dropped.
  const anchors = (text: string): string[] =>
    [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    );

  it.each(names)('%s links to what is there', (name) => {
    const text = readFileSync(name, 'utf8');
    for (const [, file = '', anchor] of text.matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)) {
      const linked = file === '' ? name : join(dirname(name), file);
      expect(existsSync(linked), linked).toBe(true);
      if (anchor !== undefined) expect(anchors(readFileSync(linked, 'utf8'))).toContain(anchor);
    }
  });
});

describe('docs/stamp.md', () => {
  const read = (metadata: string): StampReading =>
    readStamp(parseDomain(`<domain>${metadata}</domain>`).stamps.map(({ element }) => element));

  /** The stamp in an example; fails where it is anything else. */
  const stampIn = (block: string): Stamp => {
    const reading = read(block);
    if (reading.kind !== 'stamp') throw new Error(JSON.stringify(reading));
    return reading.stamp;
  };

  const examples = blocks('stamp', 'xml');
  const [first = '', both = '', without = ''] = examples;

  it('shows stamps that can be read', () => {
    expect(examples).toHaveLength(3);
    expect(stampIn(first).devices[0]?.versions).toEqual({
      device: { state: 'error', error: 'ENOENT' },
      type: { state: 'version', bytes: '8086-591d-GVTg_V5_4-00000001\n' },
    });
    expect(stampIn(both).devices[0]?.versions).toEqual({
      device: { state: 'version', bytes: 'acme 7.1 aggregate=2\n' },
      type: { state: 'version', bytes: 'acme 7.1\n' },
    });
    expect(stampIn(without).devices.map(({ guestAddress }) => guestAddress)).toEqual(['ccw:fe.0.0001', null]);
  });

  it('shows first what this program writes', () => {
    const unindented = (xml: string): string => xml.replace(/^ +/gm, '').trim();
    expect(unindented(first)).toBe(unindented(`<metadata>\n${writeStamp(stampIn(first))}\n</metadata>`));
  });

  it('lists the characters that a writer leaves as they are', () => {
    const list = blocks('stamp', 'text').find((block) => block.startsWith('A-Z')) ?? '';
    const range = (from: string, to: string): string =>
      Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (_, at) =>
        String.fromCharCode(from.charCodeAt(0) + at),
      ).join('');
    const plain = list
      .trim()
      .split(' ')
      .map((word) => (word.length === 3 ? range(word.charAt(0), word.charAt(2)) : word))
      .join('');
    expect(page('stamp')).toContain(`these ${String(plain.length)} characters`);
    for (let byte = 0; byte < 256; byte += 1) {
      const character = String.fromCharCode(byte) as VersionBytes;
      const hex = byte.toString(16).toUpperCase().padStart(2, '0');
      const encoded = encodeVersion(character);
      expect(encoded).toBe(plain.includes(character) ? character : `%${hex}`);
      expect(decodeVersion(encoded)).toBe(character);
      expect(decodeVersion(encoded.toLowerCase())).toBe(encoded.startsWith('%') ? character : encoded.toLowerCase());
      const readAsItself = /^[!-~]$/.test(character) && character !== '%';
      expect(decodeVersion(character)).toBe(readAsItself ? character : null);
    }
  });

  it('spells guest addresses as the program does', () => {
    const rows = [...page('stamp').matchAll(/^\| `(<address [^`]*)` \| `([^`]*)` \|$/gm)];
    expect(rows).toHaveLength(3);
    const hostdev = (address: string): string =>
      guestXml('g', [FIRST_MDEV]).replace(/<address type='pci'[^>]*>/, address);
    for (const [, address = '', spelt] of rows)
      expect(parseDomain(hostdev(address)).hostdevs[0]?.guestAddress).toBe(spelt);
    for (const address of [
      '',
      "<address type='unassigned'/>",
      "<address type='pci' domain='0x0000' bus='0x00' slot='0x00' function='0x1'/>",
      "<address type='ccw' cssid='0xfe'/>",
    ])
      expect(parseDomain(hostdev(address)).hostdevs[0]?.guestAddress).toBeNull();
  });

  it('lists every way in which a stamp is invalid', () => {
    const stamp = (attributes: string, inside: string): string =>
      `<metadata><s:stamp xmlns:s="urn:mdev-preflight:stamp:1" ${attributes}>${inside}</s:stamp></metadata>`;
    const head = 'host="alpha" time="2026-11-22T08:37:57Z"';
    const device = (attributes: string, inside: string): string =>
      stamp(head, `<s:device index="0" ${attributes}>${inside}</s:device>`);
    const version = '<s:version node="type" value="1"/>';
    const broken = [
      first.replace(/<mdev-preflight:stamp[^]*stamp>/, (it) => it + it),
      stamp(head, '').replaceAll('s:stamp', 's:x'),
      stamp('time="2026-11-22T08:37:57Z"', ''),
      stamp('host="alpha" time="…"', ''),
      stamp(head, '<s:device index="…" type="t"/>'),
      device('', ''),
      device('type="t"', '<s:version node="…" value="1"/>'),
      device('type="t"', version + version),
      device('type="t"', '<s:version node="type" value="a b"/>'),
      stamp(head, '<s:device index="0" type="t" address="pci:0000:01:00.0"/>'.repeat(2)),
    ];
    const problems = broken.map((xml) => {
      const reading = read(xml);
      return reading.kind === 'invalid' ? `\`${reading.problem}\`` : reading.kind;
    });
    const errors =
      page('stamp')
        .split(/^## /m)
        .find((section) => section.startsWith('Errors\n')) ?? '';
    expect(firstCells(errors).slice(1)).toEqual(problems);
  });
});

describe('docs/configuration.md', () => {
  const keys = Object.keys(DEFAULT_CONFIG).map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  const [example = ''] = blocks('configuration', 'toml');

  it('shows every key with its default', () => {
    expect(parseConfig(example)).toEqual(DEFAULT_CONFIG);
    expect([...example.matchAll(/^(\w+) = /gm)].map((match) => match[1])).toEqual(keys);
  });

  it.each(keys)('has a section and a row for %s', (key) => {
    const text = page('configuration');
    expect(text).toContain(`\n## ${key}\n`);
    const value = new RegExp(`^${key} = (.*)$`, 'm').exec(example)?.[1] ?? '';
    expect(text).toContain(`\n| \`${key}\` | \`${value}\` |`);
  });
});

const HOST = JSON.parse(blocks('simulated-hosts', 'json')[0] ?? '') as SimulatedHost;

describe('docs/simulated-hosts.md', () => {
  const KINDS: Readonly<Record<Rule['kind'], true>> = {
    i915: true,
    'i915-unsupported': true,
    'accept-all': true,
    prefix: true,
    'accepted-versions': true,
    reject: true,
    'short-write': true,
    hang: true,
  };
  const rules = [...page('simulated-hosts').matchAll(/^\| `(\{ "kind".*?\})` \|/gm)].map(
    (match) => JSON.parse(match[1] ?? '') as Rule,
  );

  it('lists every rule in a form that works', () => {
    expect(rules.map(({ kind }) => kind)).toEqual(Object.keys(KINDS));
    const answers = rules.map((rule) => answer({ read: 'acme 7\n', rule }, 'acme 7.1'));
    expect(answers.map((given) => (given.kind === 'errno' ? given.errno : given.kind))).toEqual([
      22,
      19,
      'taken',
      'taken',
      22,
      87,
      'taken',
      'hang',
    ]);
  });

  it('shows a host that can be asked', () => {
    const sysfs = simulatedSysfs(HOST);
    expect(sysfs.list('class/mdev_bus')).toEqual({ ok: true, value: Object.keys(HOST.parents) });
    expect(sysfs.list('bus/mdev/devices')).toEqual({ ok: true, value: Object.keys(HOST.mdevs) });
  });
});

describe('docs/json.md', () => {
  const [check = '', error = '', stamped = '', list = ''] = blocks('json', 'json');
  const example = JSON.parse(check) as { tool: Tool; devices: { source: { stampedAt: string } }[] };

  const facts = (host: SimulatedHost, xml: string, ask: boolean): [ReturnType<typeof readGuest>, Progress[]] => {
    const guest = readGuest(xml);
    const progress: Progress[] = [];
    gather(simulatedSysfs(host), guest.cases, { ask, kernelLog: true, expired: () => false }, (step) =>
      progress.push(step),
    );
    return [guest, progress];
  };

  it('shows what check --json prints for the simulated host of the manual', () => {
    const stampedAt = example.devices[0]?.source.stampedAt ?? '';
    const [onSource, looked] = facts(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]), false);
    const { found } = foundMdevs(onSource, looked);
    const stamped = restamp(onSource.document, found, { name: 'alpha', id: null }, new Date(stampedAt));
    const [guest, progress] = facts(HOST, stamped, true);
    const verdict = judge(guest, progress, { name: HOST.name, id: null });
    expect(JSON.stringify(checkJson(verdict, { state: 'none' }, example.tool), null, 2)).toBe(check.trimEnd());
  });

  it('shows what stamp --json prints for a guest that was stamped', () => {
    const words = { text: 'stamped, 1 mdev', more: [] };
    const guest = { uuid: '22222222-aaaa-4bbb-8ccc-000000000002' as Uuid, name: 'desktop-7' };
    const outcome = { word: '', guest, result: 'stamped', status: 0, words } as const;
    expect(JSON.stringify(stampJson([outcome], example.tool, 'alpha'), null, 2)).toBe(stamped.trimEnd());
  });

  it('shows what list --json prints for it', () => {
    const steps: SurveyStep[] = [];
    survey(
      simulatedSysfs(HOST),
      () => false,
      (step) => steps.push(step),
    );
    expect(JSON.stringify(hostJson(hostReport(steps, true, HOST.name), example.tool), null, 2)).toBe(list.trimEnd());
  });

  it('shows an error as it is printed', () => {
    expect(errorJson('invalid-input', 'guest.xml cannot be read: ENOENT')).toEqual(JSON.parse(error));
  });

  it('explains every key', () => {
    const keys = new Set<string>();
    JSON.parse(check, (key, value: unknown) => {
      if (key !== '' && !/^\d+$/.test(key)) keys.add(key);
      return value;
    });
    const explained = firstCells(page('json')).flatMap((cell) => cell.match(/\w+/g) ?? []);
    // `name`, of the tool and of the domain, stands in the rows of these.
    expect([...keys].filter((key) => !explained.includes(key))).toEqual(['name']);
  });
});
