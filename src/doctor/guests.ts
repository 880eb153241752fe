// What guests carry that the gate goes by.
import { exemptionStanding } from '../exemption/standing.ts';
import type { ListedGuest } from '../libvirt/port.ts';
import { EXEMPTION_NAMESPACE, type ExemptionReading } from '../model/exemption.ts';
import { printable } from '../model/printable.ts';
import { STAMP_NAMESPACE } from '../model/stamp.ts';
import type { Inspection } from '../preflight/stamping.ts';
import type { Facts, GuestFacts } from './facts.ts';
import { AS_ROOT, fail, type Judge, type Judgement, pass, together, warn } from './judgement.ts';

type OfGuests = (guests: GuestFacts, facts: Facts) => Judgement;

/** The checks on guests say nothing where libvirt cannot be asked; the check `libvirt` says why. */
const ofGuests =
  (judge: OfGuests): Judge =>
  (facts) => {
    if (facts.guests.ok) return judge(facts.guests.value, facts);
    return warn('not looked at: libvirt cannot be asked (libvirt)', facts.superuser ? null : AS_ROOT);
  };

export function hasMdevs({ running, persistent }: GuestFacts): boolean {
  return (
    running.some(({ inspection }) => inspection.state === 'known' || inspection.state === 'unknown') ||
    persistent.some(({ definition }) => (definition?.cases.length ?? 0) > 0)
  );
}

export const guestStamps: Judge = ofGuests(({ running }, { superuser }) => {
  const carried = running.flatMap(({ guest, inspection }) => {
    const said = stampOf(inspection);
    return said === null ? [] : [{ guest, ...said }];
  });
  if (carried.length === 0) return pass('no running guest has an mdev');
  return together(
    STAMP_STATES.flatMap(({ state, result, says }) => {
      const guests = carried.filter((it) => it.state === state);
      if (guests.length === 0) return [];
      const shown = guests.map(({ guest, why }) => (why === null ? q(guest) : `${q(guest)} (${printable(why)})`));
      const message = `${says}: ${shown.join(', ')}`;
      if (result === 'pass') return pass(message);
      const remedy = state === 'unread' && !superuser ? AS_ROOT : stampAnew(guests.map(({ guest }) => guest));
      return result === 'fail' ? fail(message, remedy) : warn(message, remedy);
    }),
  );
});

type StampState = 'wrong' | 'none' | 'invalid' | 'unknown' | 'unread' | 'current';

const STAMP_STATES: readonly { state: StampState; result: Judgement['result']; says: string }[] = [
  {
    state: 'wrong',
    result: 'fail',
    says: 'the stamp says something else than this host, and could let an incompatible migration pass',
  },
  { state: 'none', result: 'warn', says: 'no stamp, so the destination refuses' },
  { state: 'invalid', result: 'warn', says: 'the stamp is invalid, so the destination refuses' },
  { state: 'unknown', result: 'warn', says: 'what the stamp should say cannot be told' },
  { state: 'unread', result: 'warn', says: 'cannot be read' },
  { state: 'current', result: 'pass', says: 'the stamp says what this host does' },
];

function stampOf(inspection: Inspection): { readonly state: StampState; readonly why: string | null } | null {
  switch (inspection.state) {
    case 'no-mdev':
      return null;
    case 'failed':
      // It ended since it was listed.
      return inspection.failure.kind === 'no-guest' ? null : { state: 'unread', why: inspection.failure.text };
    case 'unknown':
      return { state: 'unknown', why: inspection.problems[0] ?? null };
    case 'known': {
      const { reading } = inspection.guest;
      if (inspection.current) return { state: 'current', why: null };
      if (reading.kind === 'stamp') return { state: 'wrong', why: null };
      return { state: reading.kind, why: reading.kind === 'invalid' ? reading.problem : null };
    }
  }
}

function stampAnew(guests: readonly ListedGuest[]): string {
  return `mdev-preflight stamp ${guests.map(({ uuid }) => uuid).join(' ')}`;
}

// The stamp of a start long ago, or of another host: a next start carries it until it is stamped anew.
export const persistentStamps: Judge = ofGuests(({ persistent }) => {
  const found = persistent.filter(
    ({ definition }) => definition !== null && definition.cases.length > 0 && definition.reading.kind !== 'none',
  );
  const unread = persistent.filter(({ definition }) => definition === null);
  const shown = (guests: typeof persistent): string => guests.map(({ guest }) => q(guest)).join(', ');
  const told: Judgement[] = [];
  if (found.length > 0)
    told.push(
      warn(
        `the next start will carry an old stamp, from the persistent definition: ${shown(found)}`,
        found.map(({ guest }) => removal(guest, STAMP_NAMESPACE, 'config')).join('; '),
      ),
    );
  if (unread.length > 0)
    told.push(
      warn(
        `the persistent definition cannot be read: ${shown(unread)}`,
        unread.map(({ guest: { uuid } }) => `virsh dumpxml --inactive --domain ${uuid}`).join('; '),
      ),
    );
  return together(told.length > 0 ? told : [pass('no persistent definition holds a stamp')]);
});

export const exemptions: Judge = ofGuests(({ running, persistent }, { now }) => {
  const readings: { guest: ListedGuest; where: 'live' | 'config'; reading: ExemptionReading }[] = [
    ...running.flatMap(({ guest, inspection }) =>
      inspection.state === 'failed' ? [] : [{ guest, where: 'live' as const, reading: inspection.guest.exemption }],
    ),
    ...persistent.flatMap(({ guest, definition }) =>
      definition === null ? [] : [{ guest, where: 'config' as const, reading: definition.exemption }],
    ),
  ];
  const held = readings.flatMap(({ guest, where, reading }) => {
    const standing = exemptionStanding(reading, now);
    return standing.state === 'holds' ? [{ guest, where, until: standing.exemption.until }] : [];
  });
  if (held.length === 0) return pass('no guest is exempted');
  return warn(
    `let through unasked: ${held.map(({ guest, until }) => `${q(guest)} until ${until}`).join(', ')}`,
    held.map(({ guest, where }) => removal(guest, EXEMPTION_NAMESPACE, where)).join('; '),
  );
});

// What is handed to QEMU behind libvirt's back: `<qemu:arg value='…sysfsdev=/sys/bus/mdev/devices/UUID…'/>`.
const HIDDEN = /\svalue=(?:'[^']*(?:sysfsdev|\/bus\/mdev\/devices\/)|"[^"]*(?:sysfsdev|\/bus\/mdev\/devices\/))/;

export const hiddenMdevs: Judge = ofGuests(({ running, persistent }) => {
  const documents = [
    ...running.map(({ guest, inspection }) => ({
      guest,
      text: inspection.state === 'failed' ? '' : inspection.guest.document.text,
    })),
    ...persistent.map(({ guest, definition }) => ({ guest, text: definition?.document.text ?? '' })),
  ];
  const found = documents.filter(({ text }) => HIDDEN.test(text)).map(({ guest }) => guest);
  const guests = [...new Map(found.map((guest) => [guest.uuid, guest])).values()];
  if (guests.length === 0) return pass('no guest has mdevs in its <qemu:commandline>');
  return warn(
    `mdevs in <qemu:commandline>, of which neither libvirt nor the gate knows: ${guests.map(q).join(', ')}`,
    `make them <hostdev type='mdev'>: ${guests.map(({ uuid }) => `virsh edit ${uuid}`).join('; ')}`,
  );
});

function q({ name }: ListedGuest): string {
  return `'${printable(name)}'`;
}

function removal({ uuid }: ListedGuest, uri: string, where: 'live' | 'config'): string {
  return `virsh metadata --domain ${uuid} --uri ${uri} --${where} --remove`;
}
