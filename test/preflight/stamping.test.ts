// Stamping running guests: what is written, what is not, and what is taken away.
import { beforeEach, describe, expect, it } from 'vitest';
import { EXEMPTION_NAMESPACE } from '../../src/model/exemption.ts';
import { STAMP_NAMESPACE } from '../../src/model/stamp.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import { gather } from '../../src/preflight/gather.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import { type Stamping, stampGuest, type StampingPorts } from '../../src/preflight/stamping.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, gvtHost, guestXml, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { NOW, stampOn, verdictOn } from './exchange.ts';
import { withoutTypeVersion, withTypeVersion } from './hosts.ts';
import { type MemoryGuest, MemoryLibvirt } from './memory-libvirt.ts';

const UUID = '22222222-aaaa-4bbb-8ccc-000000000002' as Uuid;
const HERE = gvtHost('beta', 2);

let libvirt: MemoryLibvirt;
let guest: MemoryGuest;
beforeEach(() => {
  libvirt = new MemoryLibvirt();
  guest = libvirt.add(UUID, 'desktop-7', guestXml('desktop-7', [FIRST_MDEV]));
});

function portsOn(host: SimulatedHost, name = host.name): StampingPorts {
  return {
    libvirt,
    host: () => ({ name, id: null }),
    now: () => NOW,
    look: ({ cases }) => {
      const progress: Progress[] = [];
      const options = { ask: false, kernelLog: false, expired: () => false };
      gather(simulatedSysfs(host), cases, options, (step) => progress.push(step));
      return Promise.resolve(progress);
    },
  };
}

const stamp = (host = HERE, unlessCurrent = false): Promise<Stamping> => stampGuest(UUID, portsOn(host), unlessCurrent);
const written = (): string[] => libvirt.calls.filter((call) => call.startsWith('setMetadata'));

describe('a running guest', () => {
  it('is stamped with this host’s facts, live, so that a host like this one accepts it and another does not', async () => {
    expect(await stamp()).toMatchObject({ state: 'stamped', stamp: { host: { name: 'beta' } }, exemption: false });
    expect(written()).toEqual([`setMetadata ${UUID} live ${STAMP_NAMESPACE} set`]);
    expect(verdictOn(HERE, guest.xml).outcome).toBe('compatible');
    expect(verdictOn(gvtHost('gamma', 1), guest.xml).devices[0]?.reasons).toMatchObject([{ code: 'version-rejected' }]);
  });

  it('that carries the stamp of the host before gets this host’s', async () => {
    guest.xml = stampOn(gvtHost('alpha', 1), guest.xml);
    expect(await stamp(HERE, true)).toMatchObject({ state: 'stamped' });
    expect(readGuest(guest.xml).reading).toMatchObject({ stamp: { host: { name: 'beta' } } });
    expect(readGuest(guest.xml).document.stamps).toHaveLength(1);
  });

  it('is left alone where it carries these facts already, whenever they were stamped, unless it was asked for', async () => {
    guest.xml = stampOn(HERE, guest.xml).replace(/time="[^"]*"/, 'time="2020-01-01T00:00:00Z"');
    expect(await stamp(HERE, true)).toEqual({ state: 'current' });
    expect(written()).toEqual([]);
    expect(await stamp(HERE, false)).toMatchObject({ state: 'stamped' });
    expect(guest.xml).toContain('time="2026-01-02T03:04:05Z"');
  });

  it.each([
    ['another version', gvtHost('beta', 1)],
    ['no version any more', withoutTypeVersion(HERE)],
    ['a read that fails', withTypeVersion(HERE, { read: { errno: 19 } })],
  ])('is stamped anew for %s', async (_, host) => {
    guest.xml = stampOn(HERE, guest.xml);
    expect(await stamp(host, true)).toMatchObject({ state: 'stamped' });
    expect(await stamp(host, true)).toEqual({ state: 'current' });
  });

  it('whose driver has no migration_version is stamped with that', async () => {
    expect(await stamp(withoutTypeVersion(HERE))).toMatchObject({
      state: 'stamped',
      stamp: { devices: [{ versions: { type: { state: 'error', error: 'ENOENT' } } }] },
    });
    expect(verdictOn(HERE, guest.xml).devices[0]?.reasons).toMatchObject([{ code: 'source-not-migratable' }]);
  });

  it('without mdevs is not touched', async () => {
    guest.xml = guestXml('desktop-7', []);
    expect(await stamp()).toMatchObject({ state: 'no-mdev' });
    expect(libvirt.calls).toEqual([`xml ${UUID}`]);
  });

  it('is not written to again and again on a host whose name has to be escaped', async () => {
    const ports = portsOn(HERE, 'be\u200bta & "co"');
    expect(await stampGuest(UUID, ports, true)).toMatchObject({ state: 'stamped' });
    expect(await stampGuest(UUID, ports, true)).toEqual({ state: 'current' });
  });
});

describe('a stamp that cannot be confirmed', () => {
  const elsewhere: SimulatedHost = { ...HERE, mdevs: {} };

  it('is not made', async () => {
    expect(await stamp(elsewhere)).toMatchObject({ state: 'not-stamped', removed: false });
    expect(written()).toEqual([]);
  });

  it.each([
    ['where a mdev is not on this host', elsewhere, /is not on this host/],
    ['where a version may not be read', withTypeVersion(HERE, { openErrno: 13 }), /cannot be opened: EACCES/],
  ])('is taken away %s', async (_, host, problem) => {
    guest.xml = stampOn(gvtHost('alpha', 1), guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]));
    const stamping = await stamp(host);
    expect(stamping).toMatchObject({ state: 'not-stamped', removed: true });
    expect(stamping.state === 'not-stamped' && stamping.problems.join()).toMatch(problem);
    expect(readGuest(guest.xml).reading).toEqual({ kind: 'none' });
  });
});

describe('a look that breaks', () => {
  const looking = (look: StampingPorts['look']): Promise<Stamping> =>
    stampGuest(UUID, { ...portsOn(HERE), look }, true);

  it('confirms nothing: the stamp is taken away', async () => {
    guest.xml = stampOn(HERE, guest.xml);
    expect(await looking(() => Promise.reject(new Error('no memory')))).toEqual({
      state: 'not-stamped',
      problems: ['its mdevs cannot be looked up: no memory'],
      removed: true,
    });
  });

  it('changes nothing where it was told to end', async () => {
    guest.xml = stampOn(HERE, guest.xml);
    expect(await looking(() => Promise.resolve(null))).toMatchObject({ state: 'failed' });
    expect(written()).toEqual([]);
  });
});

describe('somebody else', () => {
  it('whose name looks like the UUID of one that is gone is not taken for that one', async () => {
    guest.xml = guest.xml.replace(UUID, '33333333-aaaa-4bbb-8ccc-000000000003');
    expect(await stamp()).toMatchObject({ state: 'failed', failure: { kind: 'no-guest' } });
    expect(written()).toEqual([]);
  });

  it('whose job holds the guest is waited out by nobody here: nothing is written', async () => {
    guest.busy = true;
    expect(await stamp()).toMatchObject({ state: 'failed', failure: { kind: 'busy' } });
    expect(written()).toEqual([]);
  });

  it('who changes the mdevs meanwhile gets them stamped as they are in the end', async () => {
    libvirt.meanwhile = () => {
      libvirt.meanwhile = null;
      guest.xml = guest.xml.replace(`uuid='${FIRST_MDEV}'`, `uuid='${SECOND_MDEV}'`);
    };
    expect(await stamp()).toMatchObject({ state: 'stamped', stamp: { devices: [{ uuid: SECOND_MDEV }] } });
    expect(verdictOn(HERE, guest.xml).outcome).toBe('compatible');
  });

  it('who undoes the stamp each time is named, and not fought', async () => {
    libvirt.meanwhile = () => {
      guest.xml = guestXml('desktop-7', [FIRST_MDEV]);
    };
    expect(await stamp()).toEqual({ state: 'undone' });
    expect(written()).toHaveLength(3);
  });

  it('who stops the guest meanwhile is told apart from a failure', async () => {
    libvirt.meanwhile = () => {
      guest.running = false;
    };
    expect(await stamp()).toMatchObject({ state: 'failed', failure: { kind: 'no-guest' } });
  });

  it('whose XML cannot be used is told what is wrong with it', async () => {
    guest.xml = guest.xml.replace(`uuid='${FIRST_MDEV}'`, '');
    expect(await stamp()).toMatchObject({
      state: 'failed',
      failure: { text: expect.stringMatching(/no uuid/) as unknown },
    });
  });
});

describe('an exemption', () => {
  const exempted = (): string =>
    guest.xml.replace(
      '</name>',
      `</name><metadata><e:exemption xmlns:e="${EXEMPTION_NAMESPACE}" by="root@alpha" from="2026-01-02T03:00:00Z" until="2026-01-02T04:00:00Z" reason="x"/></metadata>`,
    );

  it('is ended by a fresh stamp, and goes before the stamp comes', async () => {
    guest.xml = exempted();
    expect(await stamp()).toMatchObject({ state: 'stamped', exemption: true });
    expect(written().map((call) => call.slice(UUID.length + 13))).toEqual([
      `live ${EXEMPTION_NAMESPACE} remove`,
      `live ${STAMP_NAMESPACE} set`,
    ]);
    expect(readGuest(guest.xml).exemption).toEqual({ kind: 'none' });
  });

  it('stays beside a stamp that is current', async () => {
    guest.xml = exempted();
    guest.xml = stampOn(HERE, guest.xml).replace(
      '</metadata>',
      `${/<e:exemption[^>]*>/.exec(guest.xml)?.[0] ?? ''}</metadata>`,
    );
    expect(await stamp(HERE, true)).toEqual({ state: 'current' });
    expect(readGuest(guest.xml).exemption).toMatchObject({ kind: 'exemption' });
  });
});
