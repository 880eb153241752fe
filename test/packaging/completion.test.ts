// What the shells offer is what the command line takes, and nothing else.
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS, TAKES } from '../../src/cli/arguments.ts';
import { runCli } from '../cli/run.ts';
import { BASHES, makePlace, type Offers, SHELLS, typeIntoBash } from './completing.ts';

const sorted = (words: readonly string[]): string[] => [...words].sort();
const options = (names: readonly string[]): string[] => sorted(names.map((name) => `--${name}`));

const GUESTS = sorted(['desktop-7', 'my guest', "it's", '$HOME', 'tab:colon']);
const WITH_DASH = sorted(['-dash', ...GUESTS]);
const ALL_GUESTS = sorted(['off', ...GUESTS]);
const FILES = ['a guest.xml', 'some directory'];
const DURATIONS = ['10m', '1h', '24h', '2h', '30m', '8h'];
const URIS = ['qemu:///session', 'qemu:///system'];
const WITHOUT_COMMAND = options([...TAKES.check, 'help', 'version']);

// What is typed behind `mdev-preflight `, and what is offered for its last word.
const OPTIONS_OFFERED: Readonly<Record<string, readonly string[]>> = {
  '--': WITHOUT_COMMAND,
  '--connect u --': WITHOUT_COMMAND,
  'guest.xml --': options([...TAKES.check, 'help']),
  '--connect u list --': options([...TAKES.list, 'help']),
  ...Object.fromEntries(COMMANDS.map((name) => [`${name} --`, options([...TAKES[name], 'help'])])),
};
const WORDS_OFFERED: Readonly<Record<string, readonly string[]>> = {
  '': sorted([...COMMANDS, ...FILES]),
  '--quiet ': sorted([...COMMANDS, ...FILES]),
  sta: ['stamp'],
  s: ['some directory', 'stamp'],
  'check ': FILES,
  'stamp ': GUESTS,
  'stamp desktop-7 ': GUESTS,
  'stamp de': ['desktop-7'],
  'stamp my\\ ': ['my guest'],
  'stamp -- ': WITH_DASH,
  'allow ': ALL_GUESTS,
  '--connect test:///default allow ': ALL_GUESTS,
  'allow --connect=qemu+unix:///system ': ALL_GUESTS,
  'hook guest ': ['migrate', 'restore'],
  'hook guest migrate ': ['begin'],
  'hook guest migrate begin ': ['-'],
  'stamp --xml ': FILES,
  'list --config ': FILES,
  'list --sysfs-root ': ['some directory'],
  'doctor --connect ': URIS,
  'allow guest --for ': DURATIONS,
};
const NOTHING_OFFERED = ['allow guest --reason ', 'allow --connect qemu+ssh://beta/system ', 'stamp --connect alias '];
const CASES = { ...OPTIONS_OFFERED, ...WORDS_OFFERED, ...Object.fromEntries(NOTHING_OFFERED.map((it) => [it, []])) };
const CALLS = [
  '--quiet --readonly --connect qemu+unix:///system list --name --all',
  '--quiet --readonly --connect qemu:///system list --name',
  '--quiet --readonly --connect qemu:///system list --name --all',
  '--quiet --readonly --connect test:///default list --name --all',
];

describe.each(SHELLS.map((shell) => ({ ...shell, place: makePlace(WITH_DASH) })))(
  'completion in $name',
  ({ name, missing, ask, place }) => {
    describe.skipIf(missing)(`(needs ${name})`, () => {
      const lines = Object.keys(CASES);
      let got: Offers;
      beforeAll(async () => {
        got = await ask(
          place,
          lines.map((line) => `mdev-preflight ${line}`),
        );
      }, 20_000);

      it('offers the commands, files, guests and options that fit, and no others', () => {
        expect(Object.fromEntries(lines.map((line, at) => [line, got.offered[at]]))).toEqual(CASES);
      });

      it('asks libvirt read-only, of this host alone, and prints nothing of what it says', () => {
        expect(sorted([...new Set(place.calls())])).toEqual(CALLS);
        expect(got.printed).not.toMatch(/trouble|error|not found|No such/i);
      });

      it('offers no guests, quietly, where there is no virsh', async () => {
        const { offered, printed } = await ask(makePlace(null), ['mdev-preflight stamp ', 'mdev-preflight allow ']);
        expect(offered).toEqual([[], []]);
        expect(printed).not.toMatch(/virsh|error|not found|No such/i);
      });
    });
  },
);

it.each(DURATIONS)('the duration %s that is offered is taken', async (duration) => {
  // The duration is looked at before the connection.
  const words = ['allow', 'guest', '--for', duration, '--reason', 'why', '--connect', 'qemu+ssh://beta/system'];
  expect((await runCli(words)).stderr).toContain('leads to another host');
});

describe.each(BASHES)('completion in $name', ({ name, missing, load }) => {
  it.skipIf(missing)(`minds quotes, and that bash takes = and : for the ends of words (needs ${name})`, async () => {
    const completed = {
      "stamp 'my": "stamp 'my guest' ",
      'stamp "my g': 'stamp "my guest" ',
      'stamp it': "stamp it\\'s ",
      "stamp 'it": "stamp 'it",
      'stamp $': 'stamp \\$HOME ',
      'stamp tab:c': 'stamp tab:colon ',
      'stamp --connect=qemu:///se': 'stamp --connect=qemu:///session ',
      'stamp --connect "qemu:///se': 'stamp --connect "qemu:///session" ',
      'check --config=a': 'check --config=a\\ guest.xml ',
      "check 'a": "check 'a guest.xml' ",
      'list --sysfs-root=so': 'list --sysfs-root=some\\ directory/',
    };
    const typed = Object.keys(completed).map((line) => `mdev-preflight ${line}`);
    const { lines } = await typeIntoBash(makePlace(WITH_DASH), load, typed, '\t');
    expect(lines).toEqual(Object.values(completed).map((line) => `mdev-preflight ${line}`));
  });
});
