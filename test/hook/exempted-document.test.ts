// What goes back to libvirt for a guest that an exemption lets in: a wrong stamp would be worse than none.
import { describe, expect, test } from 'vitest';
import { type Config, DEFAULT_CONFIG } from '../../src/config/config.ts';
import { begin } from '../../src/hook/hook.ts';
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { exempt, exemptionAround, withMetadata } from '../exemption/parts.ts';
import { stampOn } from '../preflight/exchange.ts';
import { withoutMdev, withoutTypeVersion } from '../preflight/hosts.ts';
import { cutShort, ENDED, HOLDS, NOW, OFF, read, REJECTED, REJECTED_GUEST, replyTo, STAMP } from './replies.ts';

const alpha = gvtHost('alpha', 1);
const beta = gvtHost('beta', 1);

describe('the document of a guest let in by exemption', () => {
  const renewed = (text: string): string => text.replace(STAMP, '');

  test('has a fresh stamp of this host in the place of the old one, and every other byte', () => {
    const { document } = replyTo(REJECTED, exempt(REJECTED_GUEST, HOLDS));
    expect(renewed(document)).toBe(renewed(REJECTED_GUEST));
    expect(readGuest(document).cases[0]?.stamped).toMatchObject({
      host: { name: 'beta' },
      stampedAt: '2026-11-22T10:05:00Z',
    });
  });

  test('is the same without both where the drivers’ facts never came', () => {
    expect(cutShort(REJECTED, exempt(REJECTED_GUEST, HOLDS)).document).toBe(renewed(REJECTED_GUEST));
  });

  test('keeps nothing of the host before where there is nothing to put in its place', () => {
    for (const destination of [withoutMdev(beta), withoutTypeVersion(beta)]) {
      const { status, document } = replyTo({ source: alpha, destination }, exempt(REJECTED_GUEST, HOLDS));
      expect(status).toBe(0);
      expect(renewed(document)).toBe(renewed(REJECTED_GUEST));
      expect(document).not.toContain('host="alpha"');
      const unstamped = guestXml('desktop-7', [FIRST_MDEV]);
      const bare = replyTo({ source: alpha, destination }, exempt(unstamped, HOLDS));
      expect(bare).toMatchObject({ status: 0, document: withMetadata(unstamped, '') });
    }
  });

  test('loses the exemption where unstamped = "allow" lets the guest in', () => {
    const unstamped = guestXml('desktop-7', [FIRST_MDEV]);
    const config: Config = { ...DEFAULT_CONFIG, unstamped: 'allow' };
    const reply = replyTo({ source: alpha, destination: withoutTypeVersion(beta) }, exempt(unstamped, HOLDS), config);
    expect(reply).toMatchObject({ status: 0, priority: 'info', document: withMetadata(unstamped, '') });
  });
});

describe('where the first process was given up', () => {
  test('it told the document only where it may be needed', () => {
    const told = (text: string, config = DEFAULT_CONFIG): unknown => begin(read(text), config, 'migrate', NOW).document;
    expect(told(exempt(REJECTED_GUEST, HOLDS))).toBe(REJECTED_GUEST.replace(STAMP, ''));
    expect(told(exempt(REJECTED_GUEST, HOLDS), OFF)).toBeNull();
    expect(told(REJECTED_GUEST)).toBeNull();
    expect(told(exempt(REJECTED_GUEST, exemptionAround(NOW, -300, 0)))).toBeNull();
  });

  test('an exemption that ended in the meantime does not hold', () => {
    const reply = cutShort(REJECTED, exempt(REJECTED_GUEST, HOLDS), DEFAULT_CONFIG, NOW, ENDED);
    expect(reply).toMatchObject({ status: 1, document: '' });
    expect(reply.told).toContain('does not hold: it ended at 2026-11-22T10:10:00Z');
  });

  test('one that began in the meantime lets nobody in with the stamp of the host before', () => {
    const soon = exempt(REJECTED_GUEST, exemptionAround(NOW, 6, 300));
    const then = new Date(NOW.getTime() + 2000);
    expect(cutShort(REJECTED, soon, DEFAULT_CONFIG, NOW, then)).toEqual(replyTo(REJECTED, REJECTED_GUEST));
    expect(cutShort(REJECTED, soon, OFF, NOW, then)).toMatchObject({ status: 0, document: '' });
  });
});

test('a guest that was let in is asked about on its next way', () => {
  const { document } = replyTo(REJECTED, exempt(REJECTED_GUEST, HOLDS));
  expect(replyTo({ source: REJECTED.destination, destination: alpha }, document)).toMatchObject({ status: 1 });
  expect(replyTo({ source: REJECTED.destination, destination: gvtHost('c', 2) }, document)).toMatchObject({
    status: 0,
    priority: 'info',
  });
  expect(stampOn(alpha, exempt(REJECTED_GUEST, HOLDS))).not.toContain(EXEMPTION_NAMESPACE);
});
