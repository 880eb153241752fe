// An exemption and the hook: what it lets in, what it does not, and what is said of it.
import { describe, expect, test } from 'vitest';
import { ConfigError, DEFAULT_CONFIG } from '../../src/config/config.ts';
import { exempted, plainRefusal } from '../../src/hook/decide.ts';
import { configRefusal, readHookGuest, unlessExempt } from '../../src/hook/hook.ts';
import type { HookReply } from '../../src/hook/reply.ts';
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { printable } from '../../src/model/printable.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import { FIRST_MDEV, guestXml } from '../../src/simulation/examples.ts';
import { exempt, exemptionAround, exemptionXml, withMetadata } from '../exemption/parts.ts';
import { SITUATIONS, stampedGuest } from '../preflight/situations.ts';
import {
  acceptedLog,
  cutShort,
  ENDED,
  HOLDS,
  NOW,
  OFF,
  read,
  REJECTED,
  REJECTED_GUEST,
  replyTo,
  STAMP,
} from './replies.ts';

describe.each(SITUATIONS)('$code', ({ trigger, nearMiss }) => {
  const text = stampedGuest(trigger);
  const refusal = replyTo(trigger, text);
  const accepted = {
    status: 0,
    told: '',
    priority: 'warning',
    log: acceptedLog(refusal.log),
  };

  test('is let in while an exemption holds, and the journal has the verdict and the exemption', () => {
    expect(refusal.status).not.toBe(0);
    expect(replyTo(trigger, exempt(text, HOLDS))).toMatchObject(accepted);
    expect(replyTo(trigger, exempt(text, HOLDS), OFF)).toEqual({ ...accepted, document: '' });
  });

  test('leaves neither the exemption nor the stamp of the host before', () => {
    const { document } = replyTo(trigger, exempt(text, HOLDS));
    expect(document).not.toContain(EXEMPTION_NAMESPACE);
    expect(document).not.toContain('host="alpha"');
    expect(readGuest(document).document.stamps.length).toBeLessThanOrEqual(1);
    expect(readGuest(document).cases.map(({ hostdev }) => hostdev)).toEqual(
      read(text).cases.map(({ hostdev }) => hostdev),
    );
  });

  test('is let in as well where the first process was given up', () => {
    const { document, ...reply } = cutShort(trigger, exempt(text, HOLDS));
    expect(reply).toEqual(accepted);
    expect(readGuest(document).document).toMatchObject({ stamps: [], exemptions: [] });
    expect(cutShort(trigger, exempt(text, HOLDS), OFF)).toEqual({ ...accepted, document: '' });
  });

  test('is refused from its end on, with a line that says so behind the others', () => {
    const ended = exempt(text, exemptionAround(NOW, -300, 0));
    const line =
      "mdev-preflight: the exemption in the guest's metadata does not hold: it ended at 2026-11-22T10:05:00Z, and this host's clock says 2026-11-22T10:05:00.000Z\n";
    for (const reply of [replyTo(trigger, ended), cutShort(trigger, ended)]) {
      expect(reply).toMatchObject({ status: refusal.status, priority: 'warning', document: '' });
      expect(reply.told).toBe(refusal.told + line);
      expect(reply.log).toMatch(/ \(and \d+ more lines?\)$/);
    }
  });

  test('is refused where the clocks disagree, and where the exemption is invalid', () => {
    const future = replyTo(trigger, exempt(text, exemptionAround(NOW, 6, 300)));
    expect(future).toMatchObject({ status: refusal.status, document: '' });
    expect(future.told).toContain(
      `${refusal.told}mdev-preflight: the exemption in the guest's metadata does not hold: it begins at `,
    );
    const twice = replyTo(trigger, exempt(exempt(text, HOLDS), HOLDS));
    expect(twice).toMatchObject({ status: refusal.status, document: '' });
    expect(twice.told).toBe(
      `${refusal.told}mdev-preflight: the exemption in the guest's metadata does not hold: there are 2 exemptions\n`,
    );
  });

  test('has a near miss that is accepted as ever: the exemption goes and nothing is said of it', () => {
    const other = stampedGuest(nearMiss);
    const reply = replyTo(nearMiss, exempt(other, HOLDS));
    expect(reply).toEqual(replyTo(nearMiss, other));
    expect(reply.log).toMatch(/^accepted: /);
    expect(replyTo(nearMiss, exempt(other, HOLDS), OFF)).toMatchObject({ status: 0, priority: 'info', document: '' });
    // Where the first process was given up, it is not known that it would have been.
    expect(cutShort(nearMiss, exempt(other, HOLDS))).toMatchObject({
      status: 0,
      priority: 'warning',
      log: expect.stringContaining('the check was ended before it could answer') as string,
    });
  });
});

describe('a configuration that cannot be used', () => {
  const error = new ConfigError('line 3: unknown key');
  const refusal = configRefusal(error, '/etc/mdev-preflight/config.toml', 'desktop-7');
  const reply = (text: string, config = DEFAULT_CONFIG, now = NOW): HookReply =>
    unlessExempt(refusal, read(text), config, now);

  test('refuses every guest but one with an exemption', () => {
    expect(reply(REJECTED_GUEST)).toEqual(refusal);
    expect(reply(exempt(REJECTED_GUEST, HOLDS))).toEqual({
      status: 0,
      told: '',
      log: acceptedLog(refusal.log),
      priority: 'warning',
      document: REJECTED_GUEST.replace(STAMP, ''),
    });
    expect(reply(exempt(REJECTED_GUEST, HOLDS), OFF)).toMatchObject({ status: 0, document: '' });
  });

  test('refuses with one more line where the exemption has ended', () => {
    const { status, told } = reply(exempt(REJECTED_GUEST, HOLDS), DEFAULT_CONFIG, ENDED);
    expect(status).toBe(2);
    expect(told.split('\n')[0]).toBe(refusal.told.trimEnd());
    expect(told.split('\n')[1]).toMatch(/^mdev-preflight: the exemption .* does not hold: it ended at /);
  });
});

test('a document that cannot be used is REJECTED, whatever may stand in it', () => {
  const text = exempt(REJECTED_GUEST, HOLDS);
  for (const unusable of [text.slice(0, -5), text.replaceAll(FIRST_MDEV, 'x'), `<!DOCTYPE domain>${text}`]) {
    const reply = readHookGuest(Buffer.from(unusable), 'desktop-7', 'migrate');
    expect(reply).toMatchObject({ status: 2, priority: 'warning', document: '' });
  }
});

describe('what is said of an exemption', () => {
  const refusal = plainRefusal(3, 'desktop-7', 'x'.repeat(300), 'y'.repeat(400));
  const hostile = `\u001b[2J\naccepted: '\u202e\u001e${'字'.repeat(400)}`;

  test('is one line of limited length in the journal, with who, until when and why', () => {
    for (const text of ['x'.repeat(400), hostile]) {
      const exemption = { ...HOLDS, by: text, reason: text, until: `2026-11-22T10:10:00.${'0'.repeat(2000)}Z` };
      const { log } = exempted(refusal, { name: text, uuid: FIRST_MDEV }, { state: 'holds', exemption }, '');
      expect(log).toBe(printable(log));
      expect(Buffer.byteLength(log)).toBeLessThanOrEqual(1000);
      expect(log).toMatch(
        /^accepted by exemption: guest '.*' \([0-9a-f-]{36}\): refused: guest .*; exemption by '.*' until 2026-11-22T10:.*: '.*'$/,
      );
      const reason = /: '([^']*(?:'[^']*)?)'$/.exec(log)?.[1] ?? '';
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(200);
      expect(Buffer.byteLength(reason)).toBeGreaterThan(190);
    }
  });

  test('is one line of at most 600 bytes to whoever migrates', () => {
    for (const why of ['x'.repeat(5000), hostile.repeat(9)]) {
      const { told } = exempted(refusal, { name: null, uuid: null }, { state: 'void', why, exemption: null }, '');
      const lines = told.split('\n');
      expect(lines).toHaveLength(3);
      for (const line of lines) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(600);
        expect(line).toBe(printable(line));
      }
      expect(told.startsWith(refusal.told)).toBe(true);
    }
  });

  test('holds no password of the guest', () => {
    const secret = exempt(REJECTED_GUEST, HOLDS).replace('</devices>', "<graphics passwd='SECRET'/></devices>");
    for (const { document, ...told } of [replyTo(REJECTED, secret), cutShort(REJECTED, secret)]) {
      expect(document).toContain("passwd='SECRET'");
      expect(JSON.stringify(told)).not.toContain('SECRET');
    }
  });
});

test('an exemption without mdevs is nobody’s business', () => {
  const plain = withMetadata(guestXml('plain', []), exemptionXml(HOLDS));
  expect(readHookGuest(Buffer.from(plain), 'plain', 'migrate')).toMatchObject({ status: 0, log: '', document: '' });
});
