// An exemption beside the verdict: what `check` tells of it, to people and to programs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exemption, ExemptionStanding } from '../../src/model/exemption.ts';
import { printable } from '../../src/model/printable.ts';
import { exemptionJson, exemptionText, grantWords } from '../../src/report/exemption.ts';
import { checkJson } from '../../src/report/json.ts';
import { voidExemptionLine } from '../../src/report/refusal.ts';
import { checkText } from '../../src/report/text.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { stampOn, verdictOn } from '../preflight/exchange.ts';

const exemption: Exemption = {
  by: 'root@alpha',
  from: '2026-11-22T10:00:00Z',
  until: '2026-11-22T10:10:00Z',
  reason: 'moving the definition',
};
const HOLDS: ExemptionStanding = { state: 'holds', exemption };
const ENDED: ExemptionStanding = { state: 'void', why: 'it ended', exemption };
const INVALID: ExemptionStanding = { state: 'void', why: "'a\nb' is no time", exemption: null };
const verdict = verdictOn(gvtHost('beta', 2), stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV])));

describe('check for people', () => {
  test('has a line behind the devices, and the same verdict', () => {
    const [before = '', after = ''] = checkText(verdict, { state: 'none' }).split(/(?=\nincompatible\n$)/);
    expect(checkText(verdict, HOLDS)).toBe(
      `${before}\nexemption by 'root@alpha' until 2026-11-22T10:10:00Z: 'moving the definition'; while it holds, the hook lets the guest in\n${after}`,
    );
    expect(checkText(verdict, ENDED)).toBe(
      `${before}\nthe exemption in the guest's metadata does not hold: it ended\n${after}`,
    );
    expect(checkText(verdict, INVALID)).toContain("does not hold: 'a\\x0ab' is no time\n");
  });

  test('says nothing of one for a guest without mdevs', () => {
    const plain = verdictOn(gvtHost('beta', 1), guestXml('plain', []));
    expect(checkText(plain, HOLDS)).toBe(checkText(plain, { state: 'none' }));
  });
});

describe('check for programs', () => {
  test('has a key more, and the same verdict', () => {
    expect(exemptionJson({ state: 'none' })).toBeNull();
    expect(JSON.stringify(exemptionJson(HOLDS))).toBe(
      JSON.stringify({ holds: true, ...exemption, problem: null }, [
        'holds',
        'by',
        'from',
        'until',
        'reason',
        'problem',
      ]),
    );
    expect(exemptionJson(ENDED)).toEqual({ holds: false, ...exemption, problem: 'it ended' });
    expect(exemptionJson(INVALID)).toEqual({
      holds: false,
      by: null,
      from: null,
      until: null,
      reason: null,
      problem: "'a\\x0ab' is no time",
    });
    const tool = { name: 'mdev-preflight', version: '1.2.3' } as const;
    const without = checkJson(verdict, { state: 'none' }, tool);
    expect(checkJson(verdict, HOLDS, tool)).toEqual({ ...without, exemption: exemptionJson(HOLDS) });
    expect(without).toMatchObject({ exemption: null, verdict: 'incompatible' });
  });
});

test('whatever somebody wrote, it is one line of limited length', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2000 }),
    fc.string({ unit: fc.constantFrom('\n', '\u001e', '\u001b', '\u202e', '字', "'"), maxLength: 2000 }),
  );
  fc.assert(
    fc.property(text, text, text, (by, until, reason) => {
      const given = { ...exemption, by, until, reason };
      for (const [line, limit] of [
        [grantWords(given), 330],
        [exemptionText({ state: 'holds', exemption: given }), 600],
        [exemptionText({ state: 'void', why: reason, exemption: given }), 600],
        [voidExemptionLine(reason), 601],
      ] as const) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(limit);
        expect(line.replace(/\n$/, '')).toBe(printable(line.replace(/\n$/, '')));
      }
    }),
    { seed: 7, numRuns: 200 },
  );
});
