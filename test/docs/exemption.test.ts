// What docs/exemption.md shows is what the program writes, reads and says.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { grantLine } from '../../src/cli/allow.ts';
import { parseDomain } from '../../src/domain-xml/domain.ts';
import { readExemption } from '../../src/exemption/element.ts';
import { exemptionStanding } from '../../src/exemption/standing.ts';
import { exempted, plainRefusal } from '../../src/hook/decide.ts';
import { EXEMPTION_METADATA, type ExemptionReading } from '../../src/model/exemption.ts';
import { exemptionXml } from '../exemption/parts.ts';

const PAGE = readFileSync('docs/exemption.md', 'utf8');
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map((match) => match[1] ?? '');

function read(metadata: string): ExemptionReading {
  const { exemptions } = parseDomain(`<domain>${metadata}</domain>`);
  return readExemption(exemptions.map(({ element }) => element));
}

const [example = ''] = blocks('xml');
const reading = read(example);
if (reading.kind !== 'exemption') throw new Error(JSON.stringify(reading));
const { exemption } = reading;

describe('docs/exemption.md', () => {
  it('shows what is written, and by which command it is taken back', () => {
    expect(example).toBe(`<metadata>\n  ${exemptionXml(exemption)}\n</metadata>\n`);
    expect(blocks('sh').join('')).toContain(`virsh metadata --domain UUID ${EXEMPTION_METADATA.uri} --remove --live\n`);
  });

  it('lists every way in which an exemption is invalid', () => {
    const without = (name: string): string => example.replace(new RegExp(` ${name}="[^"]*"`), '');
    const { uri, prefix } = EXEMPTION_METADATA;
    const broken = [
      example.replace(/<mdev[^>]*>/, (it) => it + it),
      `<metadata><${prefix}:x xmlns:${prefix}="${uri}"/></metadata>`,
      without('by'),
      without('reason'),
      example.replace(exemption.until, '…'),
      example.replace(exemption.until, exemption.from),
      example.replace(exemption.until, '2026-11-23T10:00:01Z'),
    ];
    const problems = broken.map((xml) => {
      const found = read(xml);
      return found.kind === 'invalid' ? found.problem : found.kind;
    });
    const rows = [...PAGE.matchAll(/^\| `(.*?)` \| .* \|$/gm)].map((match) => match[1] ?? '');
    expect(rows).toEqual(['by', 'from', 'until', 'reason', ...problems]);
  });

  it('shows what the journal and standard error say', () => {
    const [grant = '', log = '', line = ''] = blocks('text');
    const refusal = plainRefusal(3, 'desktop-7', 'problem', 'remedy');
    const domain = { name: 'desktop-7', uuid: '22222222-aaaa-4bbb-8ccc-000000000002' };
    expect(grantLine(`guest '${domain.name}' (${domain.uuid})`, exemption)).toBe(grant.trimEnd());
    const accepted = exempted(refusal, domain, { state: 'holds', exemption }, '');
    const [before = '', after = ''] = accepted.log.split(refusal.log);
    expect(log.startsWith(before)).toBe(true);
    expect(log.endsWith(`${after}\n`)).toBe(true);
    const ended = exemptionStanding(reading, new Date('2026-11-22T10:10:01Z'));
    expect(exempted(refusal, domain, ended, '').told).toBe(refusal.told + line);
  });
});
