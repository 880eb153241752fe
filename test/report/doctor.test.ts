// `doctor` for people and for programs.
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { doctorJson, doctorText } from '../../src/report/doctor.ts';

const FINE: Finding = { id: 'root', result: 'pass', message: 'run as root', remedy: null };
const OPEN: Finding = {
  id: 'hook-noticed',
  result: 'fail',
  message: 'libvirtd is older',
  remedy: 'systemctl reload libvirtd',
};
const ODD: Finding = { id: 'follow', result: 'warn', message: 'nothing stamps', remedy: 'systemctl enable x' };
const UNSEEN: Finding = { id: 'self-test', result: 'warn', message: 'not run', remedy: null };

describe('the text', () => {
  it('has an aligned line a check, below it what to do, and the verdict at the end', () => {
    expect(doctorText([FINE, OPEN, ODD, UNSEEN], 'beta', false)).toBe(`PASS  root          run as root
FAIL  hook-noticed  libvirtd is older
                    next: systemctl reload libvirtd
WARN  follow        nothing stamps
                    next: systemctl enable x
WARN  self-test     not run

the gate on this host 'beta' cannot be relied on: 1 FAIL (hook-noticed), 2 WARN
`);
  });

  it('says so where the gate is in force, with warnings and without', () => {
    const last = (...findings: Finding[]): string | undefined =>
      doctorText(findings, 'be\u202eta', false).split('\n').at(-2);
    expect(last(FINE)).toBe("the gate on this host 'be\\u{202e}ta' is in force");
    expect(last(FINE, ODD)).toBe(
      "the gate on this host 'be\\u{202e}ta' is in force, as far as it can be told: no FAIL, 1 WARN",
    );
    expect(last(FINE, OPEN)).toMatch(/1 FAIL \(hook-noticed\)$/);
  });

  it('is only what is not fine where it shall be quiet', () => {
    expect(doctorText([FINE, ODD], 'beta', true)).toBe(
      'WARN  follow  nothing stamps\n              next: systemctl enable x\n',
    );
    expect(doctorText([FINE], 'beta', true)).toBe('');
  });
});

it('the JSON has every key of every check', () => {
  const tool = { name: 'mdev-preflight', version: '1' } as const;
  expect(doctorJson([FINE, OPEN], 'beta', false, tool)).toEqual({
    schema: 1,
    tool,
    host: 'beta',
    healthy: false,
    checks: [
      { id: 'root', result: 'pass', message: 'run as root', remedy: null },
      { id: 'hook-noticed', result: 'fail', message: 'libvirtd is older', remedy: 'systemctl reload libvirtd' },
    ],
  });
});
