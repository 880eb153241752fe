// The hook as a function of its call.
import { describe, expect, test } from 'vitest';
import { ConfigError, DEFAULT_CONFIG } from '../../src/config/config.ts';
import {
  begin,
  concludeCutShort,
  concludeGuest,
  configRefusal,
  type HookGuest,
  readHookGuest,
} from '../../src/hook/hook.ts';
import { frameReply, type HookReply, SILENCE } from '../../src/hook/reply.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, guestXml, gvtHost, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { identityOf, progressOn, stampOn } from '../preflight/exchange.ts';
import { withoutTypeVersion, withTypeVersion } from '../preflight/hosts.ts';
import { SITUATIONS, stampedGuest } from '../preflight/situations.ts';

const alpha = gvtHost('alpha', 1);
const beta = gvtHost('beta', 1);
const LATER = new Date('2026-05-06T07:08:09Z');
const STAMP = /<mdev-preflight:stamp[^]*<\/mdev-preflight:stamp>/;
const xml = guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]).replace(
  '<emulator>',
  `<graphics type='vnc' passwd='SECRET'/>\r\n\t<!-- <b/> & '"> --><emulator>`,
);
const stamped = stampOn(alpha, xml);

function read(text: string | Buffer): HookGuest {
  const guest = readHookGuest(Buffer.from(text), 'desktop-7', 'migrate');
  if ('status' in guest) throw new Error(`a reply: ${JSON.stringify(guest)}`);
  return guest;
}

function hookOn(host: SimulatedHost, text: string, config = DEFAULT_CONFIG): HookReply {
  return concludeGuest(read(text), progressOn(simulatedSysfs(host), text), config, identityOf(host), LATER, 'migrate');
}

describe('on acceptance', () => {
  test('the document equals what came in everywhere but in the stamp', () => {
    const { status, told, document } = hookOn(beta, stamped);
    expect({ status, told }).toEqual({ status: 0, told: '' });
    expect(document).not.toBe(stamped);
    expect(document.replace(STAMP, '')).toBe(stamped.replace(STAMP, ''));
    expect(document).toContain("passwd='SECRET'");
  });

  test('the new stamp holds this host’s facts', () => {
    const again = readGuest(hookOn(beta, stamped).document).cases;
    expect(again).toHaveLength(2);
    for (const { stamped: facts } of again)
      expect(facts).toMatchObject({ host: { name: 'beta' }, stampedAt: '2026-05-06T07:08:09Z' });
  });

  test('restamp = "off" gives no document', () => {
    expect(hookOn(beta, stamped, { ...DEFAULT_CONFIG, restamp: 'off' })).toMatchObject({ status: 0, document: '' });
  });

  test('a guest let through unstamped leaves with a stamp', () => {
    const { status, document } = hookOn(beta, xml, { ...DEFAULT_CONFIG, unstamped: 'allow' });
    expect(status).toBe(0);
    expect(document.replace(/\n {2}<metadata>[^]*<\/metadata>/, '')).toBe(xml);
    expect(hookOn(alpha, document).status).toBe(0);
  });
});

test('from A over B to C, C is asked with B’s versions', () => {
  const b = withTypeVersion(gvtHost('b', 2), {
    rule: { kind: 'accepted-versions', versions: ['8086-591d-GVTg_V5_4-00000001\n'], errno: 22 },
  });
  const one = guestXml('desktop-7', [FIRST_MDEV]);
  const atB = hookOn(b, stampOn(alpha, one));
  expect(atB.status).toBe(0);
  expect(readGuest(atB.document).cases).toMatchObject([
    { stamped: { host: { name: 'b' }, device: { versions: { type: { bytes: '8086-591d-GVTg_V5_4-00000002\n' } } } } },
  ]);
  expect(hookOn(gvtHost('c', 1), atB.document).status).toBe(1);
  expect(hookOn(gvtHost('c', 2), atB.document).status).toBe(0);
  // Not with A's, which C would have taken.
  expect(hookOn(gvtHost('c', 1), stampOn(alpha, one)).status).toBe(0);
});

describe.each(SITUATIONS)('$code', ({ trigger, nearMiss, outcome }) => {
  test('refuses without a document, and its near miss is accepted', () => {
    const told = ({ destination, cut }: typeof trigger, text: string): readonly Progress[] => {
      const progress = progressOn(simulatedSysfs(destination), text);
      return cut === undefined ? progress : cut(progress);
    };
    const conclude = (situation: typeof trigger): HookReply => {
      const text = stampedGuest(situation);
      const host = identityOf(situation.destination);
      return concludeGuest(read(text), told(situation, text), DEFAULT_CONFIG, host, LATER, 'migrate');
    };
    const cutShort = (situation: typeof trigger): HookReply => {
      const text = stampedGuest(situation);
      const begun = begin(read(text), DEFAULT_CONFIG, 'migrate', LATER);
      return concludeCutShort(begun, told(situation, text), identityOf(situation.destination), LATER);
    };
    const status = outcome === 'incompatible' ? 1 : 3;
    expect(conclude(trigger)).toMatchObject({ status, priority: 'warning', document: '' });
    expect(cutShort(trigger)).toEqual(conclude(trigger));
    expect(conclude(nearMiss)).toMatchObject({ status: 0, told: '', priority: 'info' });
    // The second process, which concludes for one that was given up, never accepts.
    expect(cutShort(nearMiss)).toMatchObject({
      status: 3,
      told: expect.stringContaining('. Next: ') as string,
      priority: 'warning',
      document: '',
    });
  });
});

test('a configuration that cannot be used refuses with file, line and cause', () => {
  const error = new ConfigError('line 3: unknown key');
  const { status, told, log, document } = configRefusal(error, '/etc/mdev-preflight/config.toml', 'desktop-7');
  expect(status).toBe(2);
  expect(told).toBe(
    "mdev-preflight: refused: guest 'desktop-7': the guest has mdevs, and the configuration cannot be used: " +
      '/etc/mdev-preflight/config.toml: line 3: unknown key. Next: correct it on this host: /etc/mdev-preflight/config.toml\n',
  );
  expect(`mdev-preflight: ${log}\n`).toBe(told);
  expect(document).toBe('');
});

test('a reply travels as fields between separators, closed by "end"', () => {
  expect(frameReply({ status: 1, told: 'a\nb\n', log: 'c', priority: 'warning', document: '' })).toBe(
    '\x1e1\x1ea\nb\n\x1ec\x1ewarning\x1e\x1eend',
  );
  expect(frameReply(SILENCE)).toBe('\x1e0\x1e\x1e\x1einfo\x1e\x1eend');
});

test('no name can break the frame', () => {
  const separator = '\u001e';
  const guest = { ...read(stamped), domain: { name: `a${separator}1${separator}`, uuid: null } };
  for (const host of [beta, gvtHost('beta', 2)]) {
    const progress = progressOn(simulatedSysfs(host), stamped);
    const reply = concludeGuest(guest, progress, DEFAULT_CONFIG, identityOf(host), LATER, 'migrate');
    expect(frameReply(reply).split(separator)).toHaveLength(7);
  }
});

describe('a document', () => {
  const told = (bytes: string | Buffer): HookReply => {
    const reply = readHookGuest(Buffer.from(bytes), 'desktop-7', 'migrate');
    if (!('status' in reply)) throw new Error('a guest');
    return reply;
  };

  test('without a mdev is nobody’s business', () => {
    expect(told(guestXml('mdev', []))).toEqual(SILENCE);
    expect(told(stamped.replaceAll("type='mdev'", "type='pci'"))).toEqual(SILENCE);
  });

  test.each([
    ['is empty', '', 'is empty'],
    ['is no XML', 'garbage', 'line 1, column '],
    ['ends too early', stamped.slice(0, -30), 'line '],
    ['is no domain', '<network/>', 'its root is <network>, not <domain>'],
    ['has a document type', `<!DOCTYPE domain [<!ENTITY a "b">]>${stamped}`, 'a document type is not allowed'],
    ['has a hostdev without a UUID', stamped.replace(`uuid='${FIRST_MDEV}'`, ''), 'mdev hostdev 0: no uuid'],
    ['has a mdev and is not UTF-8', Buffer.from(stamped.replace('SECRET', 'SÉCRET'), 'latin1'), 'is not UTF-8'],
    ['is UTF-16', Buffer.from(`\ufeff${guestXml('desktop-7', [])}`, 'utf16le'), 'is not UTF-8'],
  ])('that %s is refused with what is wrong', (_, bytes, problem) => {
    const { status, told: text, log, document } = told(bytes);
    expect(status).toBe(2);
    expect(text).toContain(`mdev-preflight: refused: guest 'desktop-7': the domain XML `);
    expect(text).toContain(problem);
    expect(text).toMatch(/[^.]\. Next: save the XML \(virsh dumpxml .*\n$/);
    expect([log === '', document]).toEqual([false, '']);
  });

  test('of a saved guest is to be had from the file it was saved to', () => {
    const reply = readHookGuest(Buffer.from('garbage'), 'desktop-7', 'restore');
    expect('told' in reply ? reply.told : '').toMatch(
      /\. Next: save the XML \(virsh save-image-dumpxml FILE >guest\.xml\) and run: mdev-preflight check guest\.xml\n$/,
    );
  });

  // hooks/qemu lets it through all the same where it sees no mdev in it: test/hook/by-text.test.ts.
  test('in Latin-1, declared or not, cannot be used', () => {
    for (const declaration of ['', `<?xml version='1.0' encoding='ISO-8859-1'?>\n`]) {
      expect(told(Buffer.from(declaration + guestXml('büro', [FIRST_MDEV]), 'latin1')).status).toBe(2);
    }
  });
});

test('of two mdevs, the one let in unstamped stays so, and the other carries no facts of the host before', () => {
  const onlySecond = stamped.replace(/<mdev-preflight:device index="0"[^]*?<\/mdev-preflight:device>/, '');
  const reply = hookOn(withoutTypeVersion(beta), onlySecond, { ...DEFAULT_CONFIG, unstamped: 'allow' });
  expect(reply.status).toBe(0);
  const [stamp = ''] = STAMP.exec(reply.document) ?? [];
  expect(stamp).toContain('host="beta"');
  expect(stamp).toContain(SECOND_MDEV);
  expect(stamp).not.toContain(FIRST_MDEV);
  // Where nothing can be put in its place, what was said of the host before goes all the same.
  const none = onlySecond.replace(/<mdev-preflight:device index="1"[^]*?<\/mdev-preflight:device>/, '');
  const bare = { ...beta, mdevs: { [FIRST_MDEV]: { parent: '0000:00:02.0', type: 'i915-GVTg_V5_4' } } };
  const one = none.replace(/(?<=<\/hostdev>)\s*<hostdev[^]*?<\/hostdev>/, '');
  const emptied = hookOn(withoutTypeVersion(bare), one, { ...DEFAULT_CONFIG, unstamped: 'allow' });
  expect(emptied).toMatchObject({ status: 0 });
  expect(emptied.document).toContain('host="beta"');
});

test('where there was no stamp and there is nothing to put into one, no document goes back', () => {
  const one = guestXml('desktop-7', [FIRST_MDEV]);
  const reply = hookOn(withoutTypeVersion(beta), one, { ...DEFAULT_CONFIG, unstamped: 'allow' });
  expect(reply).toMatchObject({ status: 0, document: '' });
});

test('a check that was ended before its yes says so, and what to do', () => {
  const cutShort = (text: string): string => {
    const progress = progressOn(simulatedSysfs(beta), text);
    return concludeCutShort(begin(read(text), DEFAULT_CONFIG, 'migrate', LATER), progress, identityOf(beta), LATER)
      .told;
  };
  const told = (name: string): string =>
    `mdev-preflight: refused: guest '${name}': the check was ended before it could answer. ` +
    'Next: try again; if it stays so: mdev-preflight list\n';
  expect(cutShort(stamped)).toBe(told('desktop-7'));
  expect(cutShort(stamped.replace('<name>desktop-7</name>', ''))).toBe(told(''));
});

describe('no password is told to anybody', () => {
  const graphics = `<graphics type='vnc' passwd='SECRET'/>`;
  const silent = ({ told, log }: HookReply): void => {
    expect(`${told}${log}`).not.toContain('SECRET');
  };

  test('in a verdict', () => {
    for (const { trigger, nearMiss } of SITUATIONS) {
      for (const situation of [trigger, nearMiss]) {
        const text = stampedGuest(situation).replace('</devices>', `${graphics}</devices>`);
        const reply = hookOn(situation.destination, text);
        silent(reply);
        if (reply.status !== 0) expect(reply.document).toBe('');
      }
    }
  });

  test.each([
    ['an attribute twice', `<graphics passwd='SECRET' passwd='SECRET'/>`],
    ['no quotes', '<graphics passwd=SECRET/>'],
    ['an open quote', `<graphics passwd='SECRET/>`],
    ['markup in a value', `<graphics passwd='SECRET<'/>`],
    ['an unknown entity', `<graphics passwd='&SECRET;'/>`],
    ['a bad character reference', `<graphics passwd='&#SECRET;'/>`],
    ['a control character', `<graphics passwd='SECRET\u0001'/>`],
    ['an unknown prefix', `<graphics x:passwd='SECRET'/>`],
    ['the end of a section', `<secret>SECRET]]></secret>`],
    ['an open element', `<secret>SECRET`],
    ['a hostdev without a UUID', `${graphics}<hostdev type='mdev' passwd='SECRET'/>`],
  ])('where the document has %s', (_, part) => {
    const reply = readHookGuest(
      Buffer.from(stamped.replace('</devices>', `${part}</devices>`)),
      'desktop-7',
      'migrate',
    );
    if (!('status' in reply)) throw new Error('a guest');
    expect(reply.status).toBe(2);
    silent(reply);
  });
});
