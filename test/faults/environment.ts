// The hook in an environment that was not made for it. Each shell has a simulated host of its own, whose driver accepts:
// an acceptance counts only where that driver was asked, with the very version, and a refusal only with a reason.
import { afterAll, beforeAll, expect } from 'vitest';
import { captured } from '../hook/call.ts';
import { type Call, type FaultyHost, GUEST, type Outcome } from './injected.ts';
import { hostOf, problemOf, certain, type World } from './sweep.ts';
import { SHELLS } from '../hook/shells.ts';

const STAMP = /<mdev-preflight:stamp[^]*<\/mdev-preflight:stamp>/;
const WORLD: World = { driver: 'accepts', restamp: 'hook' };

export const PLAIN = captured('11.3.0-10-direct/dst/001-migrate-begin.stdin.xml');
/** Without mdevs as well, but Node has to say so. */
const MENTION = PLAIN.replace('<devices>', '<!-- "mdev" --><devices>');

// What a shell says of its directory before it reads a script: a word of ours can come only behind that.
const OF_THE_SHELL = /^(?:sh: 0: getcwd\(\) failed|shell-init: error retrieving current directory): .*\n/gm;

/** A call that is made in every shell. */
type InEnvironment = Omit<Call, 'shell'>;

/** `either`: what the environment leaves to chance; but a refusal has its reason. */
type Verdict = 'accepted' | 'either' | RegExp;

export interface Environment {
  /** On every shell's host: a guest with a mdev. */
  readonly guest: (call: InEnvironment, verdict: Verdict, except?: string) => Promise<Outcome[]>;
  /** What must stay untouched: guests without mdevs, and every other operation. */
  readonly others: (call: InEnvironment) => Promise<void>;
  readonly both: (call: InEnvironment, verdict: Verdict) => Promise<void>;
}

/** Mounts the hosts for the tests of this suite. */
export function environment(config = ''): Environment {
  const shells = SHELLS.filter(({ missing }) => !missing);
  let hosts: FaultyHost[] = [];
  let document = '';
  beforeAll(async () => {
    hosts = await Promise.all(shells.map(() => hostOf(WORLD, config)));
    const clean = await hosts[0]?.call({ shell: shells[0]?.words ?? [] });
    document = certain(clean?.stdout ?? '');
    expect(document).toMatch(/<mdev-preflight:stamp /);
  });
  afterAll(() => Promise.all(hosts.map((host) => host.unmount())));

  const on = (call: InEnvironment, index: number): Promise<Outcome | undefined> =>
    Promise.resolve(hosts[index]?.call({ ...call, shell: shells[index]?.words ?? [] }));
  const guest = async (call: InEnvironment, verdict: Verdict, except?: string): Promise<Outcome[]> => {
    const all = await Promise.all(shells.map(({ name }, index) => on(call, name === except ? -1 : index)));
    const outcomes = all.filter((outcome) => outcome !== undefined);
    expect(outcomes.length).toBeGreaterThan(0);
    // Everything of what came in but the stamp, and the stamp of this host.
    const whole = certain(String(call.xml ?? GUEST)).replace(STAMP, STAMP.exec(document)?.[0] ?? '');
    for (const [index, outcome] of outcomes.entries()) {
      const told = `${shells[index]?.name ?? ''}: ${String(outcome.status)}: ${outcome.stderr}`;
      expect(problemOf(outcome, WORLD, whole), told).toBeNull();
      if (verdict === 'accepted')
        expect([outcome.status, outcome.stderr.replace(OF_THE_SHELL, '')], told).toEqual([0, '']);
      else if (verdict === 'either') expect(outcome.status === 0 || outcome.stderr !== '', told).toBe(true);
      else {
        expect(outcome.status, told).not.toBe(0);
        expect(outcome.stderr, told).toMatch(verdict);
      }
    }
    return outcomes;
  };
  // One shell in turn for each.
  let turn = 0;
  const others = async (call: InEnvironment): Promise<void> => {
    const calls: InEnvironment[] = [
      { ...call, xml: PLAIN },
      { ...call, xml: MENTION },
      { ...call, xml: PLAIN, operation: ['reconnect', 'begin'] },
    ];
    turn += 1;
    const outcomes = await Promise.all(
      calls.map((one, index) => on({ ...one, asksNobody: true }, (turn + index) % shells.length)),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 0, stdout: '', left: [] });
      expect(outcome?.stderr.replace(OF_THE_SHELL, '')).toBe('');
    }
  };
  const both = async (call: InEnvironment, verdict: Verdict): Promise<void> => {
    await Promise.all([guest(call, verdict), others(call)]);
  };
  return { guest, others, both };
}

/** Shell commands that run in the script's process before it is. */
export const first = (commands: string, streams = ''): readonly string[] => [
  '/bin/sh',
  '-c',
  `${commands === '' ? '' : `${commands}\n`}exec "$0" "$@" ${streams}`,
];

/** The same in a mount namespace of its own. */
export const mounted = (commands: string): readonly string[] => [
  ...['/usr/bin/unshare', '-m', '--propagation', 'private'],
  ...['/bin/sh', '-c', `PATH=$PATH:/usr/sbin:/sbin; { ${commands}; } || exit 99\nexec "$0" "$@"`],
];
