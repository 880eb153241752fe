// docs/reasons.md against the table of reasons: a section for each, with its outcome and its very sentences.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitStatus } from '../../src/judge/guest.ts';
import type { Reason, ReasonCode } from '../../src/model/reason.ts';
import { reasonPage, REASONS, tellReason } from '../../src/model/reasons.ts';

const PAGE = readFileSync('docs/reasons.md', 'utf8');
const CODES = Object.keys(REASONS) as ReasonCode[];

const EINVAL = 22;
const missing = {
  code: 'destination-device-missing',
  uuid: 'UUID',
  type: 'TYPE',
  acceptingParent: null,
  unaskedParent: null,
} as const;
const full = { code: 'no-available-instances', uuid: 'UUID', type: 'TYPE' } as const;
const short = { code: 'short-write', path: 'PATH', length: 29 } as const;
const late = (action: 'read' | 'write' | 'look-up'): Reason => ({
  code: 'deadline-exceeded',
  waitingFor: { action, path: 'PATH' },
});

// Each reason in every form its sentence has, with the words the page uses for what is filled in.
const FORMS: Readonly<Record<ReasonCode, readonly Reason[]>> = {
  'type-mismatch': [{ code: 'type-mismatch', sourceType: 'TYPE-THERE', destinationType: 'TYPE-HERE' }],
  'model-mismatch': [
    { code: 'model-mismatch', model: 'MODEL', deviceApi: 'DEVICE-API', type: 'TYPE' },
    { code: 'model-mismatch', model: null, deviceApi: 'DEVICE-API', type: 'TYPE' },
  ],
  'destination-device-missing': [
    { ...missing, type: null, offering: 0, refusing: 0 },
    { ...missing, acceptingParent: 'PARENT', offering: 1, refusing: 0 },
    { ...missing, offering: 1, refusing: 1 },
    { ...missing, offering: 2, refusing: 2 },
    { ...missing, offering: 2, refusing: 1 },
    { ...missing, unaskedParent: 'PARENT', offering: 1, refusing: 0 },
  ],
  'destination-type-missing': [{ code: 'destination-type-missing', uuid: 'UUID', type: 'TYPE' }],
  'no-available-instances': [
    { ...full, parents: ['PARENT'] },
    { ...full, parents: ['PARENT-1', 'PARENT-2'] },
  ],
  'source-not-migratable': [
    { code: 'source-not-migratable', node: 'NODE' as 'type', error: 'ENOENT' },
    { code: 'source-not-migratable', node: 'NODE' as 'type', error: 'EIO' },
  ],
  'destination-attribute-missing': [false, true].map((elsewhere): Reason => ({
    code: 'destination-attribute-missing',
    node: 'NODE' as 'type',
    path: 'PATH',
    elsewhere,
  })),
  'destination-attribute-unreadable': [{ code: 'destination-attribute-unreadable', path: 'PATH', errno: EINVAL }],
  'version-rejected': [{ code: 'version-rejected', path: 'PATH', errno: EINVAL, kernelLog: [] }],
  unstamped: [
    { code: 'unstamped', otherDevices: false },
    { code: 'unstamped', otherDevices: true },
  ],
  'stamp-invalid': [{ code: 'stamp-invalid', problem: 'PROBLEM' }],
  'destination-not-asked': [
    ...(['look-up', 'device-api', 'open-for-reading', 'open-for-writing'] as const).map((cause): Reason => ({
      code: 'destination-not-asked',
      path: 'PATH',
      errno: EINVAL,
      cause,
    })),
    ...(['no-sysfs', 'no-write-counter', 'changed'] as const).map((cause): Reason => ({
      code: 'destination-not-asked',
      path: 'PATH',
      errno: null,
      cause,
    })),
  ],
  'short-write': [
    { ...short, taken: 5 },
    { ...short, taken: null },
  ],
  'deadline-exceeded': [{ code: 'deadline-exceeded', waitingFor: null }, late('read'), late('write'), late('look-up')],
};

/** Title and text of every second-level section. */
function sections(): Map<string, string> {
  return new Map(
    PAGE.split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n') + 1)]),
  );
}

describe('docs/reasons.md', () => {
  it('has one section for each reason, in the order of the table, behind the one on outcomes', () => {
    const titles = PAGE.match(/^## .*$/gm)?.map((line) => line.slice(3));
    expect(titles).toEqual(['Outcomes and exit statuses', ...CODES]);
  });

  it.each(CODES)('names outcome, status and sentences of %s', (code) => {
    const text = sections().get(code) ?? '';
    const { outcome } = REASONS[code];
    expect(text).toContain(`\nOutcome: **${outcome}**, exit status ${String(exitStatus(outcome))}.\n`);
    const shown = /^```text\n([^]*?)```$/m.exec(text)?.[1]?.trimEnd().split('\n');
    expect(shown).toEqual(FORMS[code].map((reason) => tellReason(reason, 'GUEST').sentence));
  });

  it.each(CODES)('says of %s why it happens, what to do, and what is not it', (code) => {
    const text = sections().get(code) ?? '';
    for (const words of ['Why it happens', 'What to do: ', 'Not this reason: ']) expect(text).toContain(`\n${words}`);
  });

  it('is where a reason says that more is to be read', () => {
    expect(CODES.map(reasonPage)).toEqual(CODES.map((code) => `docs/reasons.md#${code}`));
  });
});
