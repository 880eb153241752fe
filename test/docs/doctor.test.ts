// docs/doctor.md against the table of checks: a section for each, with what its results mean and what to do.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS, isHealthy } from '../../src/doctor/checks.ts';
import type { CheckId, Finding } from '../../src/model/finding.ts';
import { doctorJson, doctorText } from '../../src/report/doctor.ts';
import type { Tool } from '../../src/report/json.ts';
import { hookFile, judged, HEALTHY, daemon } from '../doctor/healthy.ts';

const PAGE = readFileSync('docs/doctor.md', 'utf8');
const IDS = Object.keys(CHECKS) as CheckId[];
const [first = '', ...others] = PAGE.split(/^## /m);
const SECTIONS = new Map(others.map((section) => [section.slice(0, section.indexOf('\n')), section]));

describe('docs/doctor.md', () => {
  it('has one section for each check, in the order of the table', () => {
    expect(first).toMatch(/^# /);
    expect([...SECTIONS.keys()]).toEqual(['What it prints', ...IDS, 'What it cannot tell']);
  });

  it.each(IDS)('says of %s what it finds, why that happens, and what to do', (id) => {
    const section = SECTIONS.get(id) ?? '';
    expect(section).toMatch(/^(?:FAIL|WARN): /m);
    for (const words of ['Why it happens: ', 'What to do: ']) expect(section).toContain(`\n${words}`);
  });

  it('shows lines as they are printed', () => {
    const hooks = { files: [hookFile({ changed: HEALTHY.now.getTime() })], unreadable: [] };
    const processes = { ...HEALTHY.processes, daemons: [daemon({ pid: 812 })] };
    const units = [{ name: 'libvirtd.service', mainPid: 812, reloadedAt: null }];
    const findings = IDS.map((id): Finding => ({ id, ...judged(id, { hooks, processes, units }) }));
    const shown = /```text\n([^]*?)```/.exec(SECTIONS.get('What it prints') ?? '')?.[1]?.trimEnd() ?? '';
    const printed = doctorText(findings, 'beta', false);
    for (const line of shown.split('\n').filter((it) => it !== '...')) expect(printed.split('\n')).toContain(line);
    expect(shown.split('\n').at(-1)).toBe(printed.trimEnd().split('\n').at(-1));
  });
});

describe('docs/json.md', () => {
  it('shows what doctor --json prints for a hook that is not executable', () => {
    const page = readFileSync('docs/json.md', 'utf8');
    const shown = /^## doctor --json\n[^]*?```json\n([^]*?)```/m.exec(page)?.[1]?.trimEnd() ?? '';
    const { tool, host } = JSON.parse(shown) as { tool: Tool; host: string };
    const hooks = { files: [hookFile({ executable: false })], unreadable: [] };
    const findings = (['hook-executable', 'hook-link'] as const).map((id): Finding => ({
      id,
      ...judged(id, { hooks }),
    }));
    expect(JSON.stringify(doctorJson(findings, host, isHealthy(findings), tool), null, 2)).toBe(shown);
  });
});
