// The checks on what guests carry.
import { describe, expect, it } from 'vitest';
import type { GuestFacts } from '../../src/doctor/facts.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import type { Inspection } from '../../src/preflight/stamping.ts';
import { FIRST_MDEV, guestXml, gvtHost } from '../../src/simulation/examples.ts';
import { stampOn } from '../preflight/exchange.ts';
import { judged } from './healthy.ts';

const uuidOf = (digit: number): Uuid => `22222222-aaaa-4bbb-8ccc-00000000000${String(digit)}` as Uuid;
const guestOf = (digit: number): GuestFacts['running'][number]['guest'] => ({
  uuid: uuidOf(digit),
  name: `desktop-${String(digit)}`,
});
const PLAIN = guestXml('g', []);
const BARE = guestXml('g', [FIRST_MDEV]);
const STAMPED = stampOn(gvtHost('alpha', 1), BARE);
const exempted = (xml: string, until: string): string =>
  xml.replace(
    '</name>',
    `</name><metadata><e:exemption xmlns:e="urn:mdev-preflight:exemption:1" by="root@alpha" from="2026-11-22T10:00:00Z" until="2026-11-22T${until}Z" reason="x"/></metadata>`,
  );

const known = (xml: string, current: boolean): Inspection => ({
  state: 'known',
  guest: readGuest(xml),
  stamp: { host: { name: 'alpha', id: null }, stampedAt: '', devices: [] },
  current,
});
const running = (...inspections: Inspection[]): GuestFacts => ({
  running: inspections.map((inspection, index) => ({ guest: guestOf(index + 1), inspection })),
  persistent: [],
});
const persistent = (...documents: (string | null)[]): GuestFacts => ({
  running: [],
  persistent: documents.map((xml, index) => ({
    guest: guestOf(index + 1),
    definition: xml === null ? null : readGuest(xml),
  })),
});
const on = (id: Parameters<typeof judged>[0], guests: GuestFacts, superuser = true): ReturnType<typeof judged> =>
  judged(id, { guests: { ok: true, value: guests }, superuser });

describe('where libvirt cannot be asked', () => {
  it.each(['guest-stamps', 'persistent-stamps', 'exemptions', 'hidden-mdevs'] as const)('%s says so', (id) => {
    const guests = { ok: false, failure: { kind: 'unreachable', text: 'x' } } as const;
    expect(judged(id, { guests })).toMatchObject({ result: 'warn', remedy: null });
    expect(judged(id, { guests, superuser: false }).remedy).toBe('sudo mdev-preflight doctor');
  });
});

describe('guest-stamps', () => {
  it('passes where each says what this host does, and names them', () => {
    expect(on('guest-stamps', running(known(STAMPED, true), { state: 'no-mdev', guest: readGuest(PLAIN) }))).toEqual({
      result: 'pass',
      message: "the stamp says what this host does: 'desktop-1'",
      remedy: null,
    });
    expect(on('guest-stamps', running({ state: 'no-mdev', guest: readGuest(PLAIN) })).message).toBe(
      'no running guest has an mdev',
    );
  });

  it('fails where one says something else: it could let an incompatible migration pass', () => {
    expect(on('guest-stamps', running(known(STAMPED, false), known(STAMPED, true), known(STAMPED, false)))).toEqual({
      result: 'fail',
      message:
        "the stamp says something else than this host, and could let an incompatible migration pass: 'desktop-1', 'desktop-3'",
      remedy: `mdev-preflight stamp ${uuidOf(1)} ${uuidOf(3)}`,
    });
  });

  it.each([
    ['none', known(BARE, false), "no stamp, so the destination refuses: 'desktop-1'"],
    [
      'an invalid one',
      known(STAMPED.replace('host="alpha"', ''), false),
      "the stamp is invalid, so the destination refuses: 'desktop-1' (it names no host)",
    ],
    [
      'one whose facts are not known',
      { state: 'unknown', guest: readGuest(STAMPED), problems: ['mdev x gave no answer'] },
      "what the stamp should say cannot be told: 'desktop-1' (mdev x gave no answer)",
    ],
    [
      'one that cannot be read',
      { state: 'failed', failure: { kind: 'failed', text: 'x' } },
      "cannot be read: 'desktop-1' (x)",
    ],
  ] satisfies [string, Inspection, string][])('warns of %s', (_, inspection, message) => {
    expect(on('guest-stamps', running(inspection))).toEqual({
      result: 'warn',
      message,
      remedy: `mdev-preflight stamp ${uuidOf(1)}`,
    });
  });

  it('says nothing of a guest that ended meanwhile', () => {
    const gone: Inspection = { state: 'failed', failure: { kind: 'no-guest', text: 'x' } };
    expect(on('guest-stamps', running(gone)).result).toBe('pass');
  });

  it('sends an ordinary user to root for what cannot be read', () => {
    const unread: Inspection = { state: 'failed', failure: { kind: 'failed', text: 'x' } };
    expect(on('guest-stamps', running(unread), false).remedy).toBe('sudo mdev-preflight doctor');
  });

  it('keeps names on one line', () => {
    const odd = {
      running: [{ inspection: known(BARE, false), guest: { uuid: uuidOf(1), name: 'a\nb' } }],
      persistent: [],
    };
    expect(on('guest-stamps', odd).message).toContain("'a\\x0ab'");
  });
});

describe('persistent-stamps', () => {
  it('warns of a stamp in a definition that stays, and takes it away', () => {
    expect(on('persistent-stamps', persistent(BARE, PLAIN)).message).toBe('no persistent definition holds a stamp');
    expect(on('persistent-stamps', persistent(BARE, STAMPED))).toEqual({
      result: 'warn',
      message: "the next start will carry an old stamp, from the persistent definition: 'desktop-2'",
      remedy: `virsh metadata --domain ${uuidOf(2)} --uri urn:mdev-preflight:stamp:1 --config --remove`,
    });
  });

  it('warns of an invalid one too, and not of one without mdevs', () => {
    expect(on('persistent-stamps', persistent(STAMPED.replace('host="alpha"', ''))).result).toBe('warn');
    expect(on('persistent-stamps', persistent(STAMPED.replace(/<hostdev[^]*<\/hostdev>/, ''))).result).toBe('pass');
  });

  it('warns of what cannot be read', () => {
    expect(on('persistent-stamps', persistent(null))).toMatchObject({
      result: 'warn',
      remedy: `virsh dumpxml --inactive --domain ${uuidOf(1)}`,
    });
  });
});

describe('exemptions', () => {
  it('warns of one in force, live or persistent, until when, and how to take it back', () => {
    expect(on('exemptions', running(known(BARE, false))).result).toBe('pass');
    expect(on('exemptions', running(known(exempted(BARE, '13:00:00'), false)))).toEqual({
      result: 'warn',
      message: "let through unasked: 'desktop-1' until 2026-11-22T13:00:00Z",
      remedy: `virsh metadata --domain ${uuidOf(1)} --uri urn:mdev-preflight:exemption:1 --live --remove`,
    });
    expect(on('exemptions', persistent(exempted(BARE, '13:00:00'))).remedy).toContain('--config --remove');
  });

  it('passes one that is over, and guests that could not be read', () => {
    expect(on('exemptions', running(known(exempted(BARE, '11:00:00'), false))).result).toBe('pass');
    expect(on('exemptions', running({ state: 'failed', failure: { kind: 'failed', text: '' } })).result).toBe('pass');
    expect(on('exemptions', persistent(null)).result).toBe('pass');
  });
});

describe('hidden-mdevs', () => {
  const withArgument = (value: string): string =>
    PLAIN.replace(
      '</domain>',
      `<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-device'/><qemu:arg value=${value}/></qemu:commandline></domain>`,
    );

  it.each([
    `'vfio-pci,sysfsdev=/sys/bus/mdev/devices/${FIRST_MDEV}'`,
    `"vfio-pci,sysfsdev=/sys/devices/x/${FIRST_MDEV}"`,
    `'{"driver":"vfio-pci","sysfsdev":"/sys/bus/mdev/devices/${FIRST_MDEV}"}'`,
  ])('warns of %s, running or not, once', (value) => {
    const xml = withArgument(value);
    const both = {
      running: running({ state: 'no-mdev', guest: readGuest(xml) }).running,
      persistent: persistent(xml).persistent,
    };
    for (const guests of [running({ state: 'no-mdev', guest: readGuest(xml) }), persistent(xml), both])
      expect(on('hidden-mdevs', guests)).toEqual({
        result: 'warn',
        message: "mdevs in <qemu:commandline>, of which neither libvirt nor the gate knows: 'desktop-1'",
        remedy: `make them <hostdev type='mdev'>: virsh edit ${uuidOf(1)}`,
      });
  });

  it('passes other arguments', () => {
    expect(on('hidden-mdevs', persistent(withArgument(`'vfio-pci,host=01:00.0'`), BARE, null)).result).toBe('pass');
  });
});
