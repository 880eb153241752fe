// What the hook does with a verdict.
import { describe, expect, test } from 'vitest';
import { acceptance, accepts, exempted, plainRefusal, refusal } from '../../src/hook/decide.ts';
import type { Outcome } from '../../src/model/reason.ts';
import { FIRST_MDEV, guestXml, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { stampOn, verdictOn } from '../preflight/exchange.ts';
import { withoutMdev, withType, withTypeVersion } from '../preflight/hosts.ts';
import { SITUATIONS, verdictIn } from '../preflight/situations.ts';

const REFUSE = { unstamped: 'refuse' } as const;
const ALLOW = { unstamped: 'allow' } as const;
const alpha = gvtHost('alpha', 1);
const beta = gvtHost('beta', 1);
const xml = guestXml('desktop-7', [FIRST_MDEV]);
const compatible = verdictOn(beta, stampOn(alpha, xml));

describe.each(SITUATIONS)('$code', ({ code, trigger, nearMiss }) => {
  test('is refused, and its near miss accepted', () => {
    expect(accepts(verdictIn(trigger), REFUSE)).toBe(false);
    expect(accepts(verdictIn(nearMiss), REFUSE)).toBe(true);
  });

  test('is let through by unstamped = "allow" only where it is "unstamped"', () => {
    expect(accepts(verdictIn(trigger), ALLOW)).toBe(code === 'unstamped');
    expect(accepts(verdictIn(nearMiss), ALLOW)).toBe(true);
  });

  test('is refused with a status that is not 0, a line to be told and a line for the journal', () => {
    const { status, told, log, document } = refusal(verdictIn(trigger), 'migrate');
    expect([1, 3]).toContain(status);
    expect(told).toMatch(/^mdev-preflight: refused: .*\n/);
    expect(log).toMatch(/^refused: guest 'desktop-7', mdev \S+ at /);
    expect(log).not.toContain('\n');
    expect(document).toBe('');
  });
});

describe('unstamped = "allow" lets nothing through that is known to be wrong:', () => {
  test('a model that does not match', () => {
    expect(accepts(verdictOn(withType(beta, { deviceApi: 'vfio-ccw' }), xml), ALLOW)).toBe(false);
  });

  test('a mdev that is not here', () => {
    expect(accepts(verdictOn(withoutMdev(beta), xml), ALLOW)).toBe(false);
  });

  test('a type that does not support migration', () => {
    expect(accepts(verdictOn(withTypeVersion(beta, { read: { errno: 19 } }), xml), ALLOW)).toBe(false);
  });

  test('a stamped device beside an unstamped one', () => {
    const stamped = stampOn(alpha, xml);
    const both = stamped.replace('</devices>', `${hostdevOf(SECOND_MDEV)}</devices>`);
    expect(accepts(verdictOn(beta, both), ALLOW)).toBe(true);
    expect(accepts(verdictOn(withTypeVersion(beta, { rule: { kind: 'reject', errno: 22 } }), both), ALLOW)).toBe(false);
  });
});

function hostdevOf(uuid: string): string {
  const text = /<hostdev[^]*<\/hostdev>/.exec(guestXml('any', [uuid]))?.[0] ?? '';
  return text.replace("bus='0x01'", "bus='0x09'");
}

test('a refusal never has status 0, whatever the verdict says', () => {
  for (const outcome of ['compatible', 'incompatible', 'undetermined'] satisfies Outcome[])
    expect(refusal({ ...compatible, outcome }, 'migrate').status).not.toBe(0);
});

test('an acceptance tells nobody but the journal', () => {
  expect(acceptance(compatible, '<domain/>')).toEqual({
    status: 0,
    told: '',
    log: "accepted: guest 'desktop-7' (22222222-aaaa-4bbb-8ccc-000000000002): 1 mdev",
    priority: 'info',
    document: '<domain/>',
  });
});

test('an acceptance that was only let through says so in the journal', () => {
  const verdict = verdictOn(beta, guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]));
  expect(acceptance(verdict, '').log).toBe(
    `accepted: guest 'desktop-7' (22222222-aaaa-4bbb-8ccc-000000000002): 2 mdevs, 2 of them unstamped and let through by unstamped = "allow"`,
  );
});

test('a guest that is restored runs nowhere, so nobody is sent to stamp it there', () => {
  const unstamped = verdictOn(alpha, guestXml('d', [FIRST_MDEV]));
  expect(refusal(unstamped, 'migrate').told).toContain('mdev-preflight stamp ');
  expect(refusal(unstamped, 'restore').told).toMatch(/Next: .*virsh save-image-dumpxml FILE/);
  expect(refusal(unstamped, 'restore').told).not.toContain('source host');
});

test('the journal has the first line and how many more were told', () => {
  const { told, log } = refusal(
    verdictOn(gvtHost('beta', 2), stampOn(alpha, guestXml('d', [FIRST_MDEV, SECOND_MDEV]))),
    'migrate',
  );
  const lines = told.trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(log).toBe(`${(lines[0] ?? '').replace('mdev-preflight: ', '')} (and 3 more lines)`);
});

test('the journal has the first of two lines, and that it is one of two', () => {
  const refused = plainRefusal(3, 'd', 'a problem', 'a remedy');
  const { log } = exempted(refused, compatible.domain, { state: 'void', why: 'it ended', exemption: null }, '');
  expect(log).toBe("refused: guest 'd': a problem. Next: a remedy (and 1 more line)");
});

test('a guest without a name is told by its uuid', () => {
  const { domain } = compatible;
  expect(acceptance({ ...compatible, domain: { ...domain, name: null } }, '').log).toBe(
    "accepted: guest '' (22222222-aaaa-4bbb-8ccc-000000000002): 1 mdev",
  );
});

test('a name cannot forge a line in the journal', () => {
  const verdict = { ...compatible, domain: { name: 'a\naccepted: \u001b[2J', uuid: null } };
  expect(acceptance(verdict, '').log).toBe("accepted: guest 'a\\x0aaccepted: \\x1b[2J' (no uuid): 1 mdev");
  expect(plainRefusal(2, 'a\nb', 'c\nd', 'e').told.match(/\n/g)).toHaveLength(1);
});
