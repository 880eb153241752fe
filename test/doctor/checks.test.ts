// All checks on one host, and what they have in common.
import { describe, expect, it } from 'vitest';
import { CHECKS, examine, isHealthy } from '../../src/doctor/checks.ts';
import { together, fail, pass, warn } from '../../src/doctor/judgement.ts';
import { HEALTHY } from './healthy.ts';

describe('a host on which all is in order', () => {
  it('passes every check, in the order of the table', () => {
    const findings = examine(HEALTHY);
    expect(findings.map(({ id }) => id)).toEqual(Object.keys(CHECKS));
    expect(findings.filter(({ result, remedy }) => result !== 'pass' || remedy !== null)).toEqual([]);
    expect(isHealthy(findings)).toBe(true);
  });
});

describe('a host without a hook', () => {
  const findings = examine({ ...HEALTHY, hooks: { files: [], unreadable: [] }, program: null, selfTests: [] });

  it('fails, and the checks that need one say that they did not look', () => {
    expect(isHealthy(findings)).toBe(false);
    expect(findings.filter(({ result }) => result === 'fail').map(({ id }) => id)).toEqual(['hook-installed']);
    expect(findings.filter(({ result }) => result === 'warn').map(({ id, remedy }) => [id, remedy])).toEqual(
      [
        'hook-executable',
        'hook-link',
        'hook-current',
        'hook-program',
        'hook-twins',
        'other-hooks',
        'hook-noticed',
        'self-test',
      ].map((id) => [id, null]),
    );
  });
});

describe('several things that one check found', () => {
  it('are told as one, the gravest first, without what is fine', () => {
    expect(together([pass('a'), warn('b', 'B'), fail('c', 'C'), warn('d', null)])).toEqual(fail('c; b; d', 'C; B'));
    expect(together([pass('a'), pass('b'), pass('a')])).toEqual(pass('a; b'));
    expect(together([warn('a', 'A'), warn('b', 'A')])).toEqual(warn('a; b', 'A'));
  });
});

it('a warning is not a failure', () => {
  const finding = { id: 'root', message: '', remedy: null } as const;
  expect(isHealthy([{ ...finding, result: 'warn' }])).toBe(true);
  expect(
    isHealthy([
      { ...finding, result: 'warn' },
      { ...finding, result: 'fail' },
    ]),
  ).toBe(false);
});
