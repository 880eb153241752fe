// Faults put with strace into calls of the hook that are none of its business: each system call of each shell fails once.
// A reconnect hook that fails kills its guest, so nothing of ours may make it fail.
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAN_MOUNT } from '../fuse/mount.ts';
import { SHELLS } from '../hook/shells.ts';
import { PLAIN } from './environment.ts';
import { type Call, type FaultyHost, GUEST, type Outcome } from './injected.ts';
import * as sweep from './sweep.ts';

const hasStrace = !(await execa('strace', ['--version'], { reject: false })).failed;
const WORLD: sweep.World = { driver: 'accepts', restamp: 'hook' };

describe.skipIf(!CAN_MOUNT || !hasStrace).each(SHELLS.filter(({ missing }) => !missing))(
  'faults in $name (needs root, /dev/fuse and strace)',
  (shell) => {
    let host: FaultyHost;
    beforeAll(async () => {
      host = await sweep.hostOf(WORLD);
    });
    afterAll(() => host.unmount());

    /** Tries every fault; what is wrong with those that were met, and how many there were. */
    const swept = async (
      places: readonly string[],
      call: Partial<Call>,
      wrong: (outcome: Outcome, series: sweep.Series) => string | null,
    ): Promise<{ met: number; problems: string[] }> => {
      const problems: string[] = [];
      let met = 0;
      for (const series of sweep.allSeries(WORLD)) {
        if (series.shell !== shell || !places.includes(series.place) || series.what.startsWith('signal=')) continue;
        for (let when = 1; ; when += 1) {
          const outcome = await host.call({ ...call, shell: shell.words, fault: sweep.faultOf(series, when) });
          if (!outcome.met) break;
          met += 1;
          const { seen, stdout, left, status, signal, stderr } = outcome;
          const problem =
            seen.length > 0
              ? 'asked'
              : stdout !== ''
                ? 'output'
                : left.length > 0
                  ? 'left behind'
                  : wrong(outcome, series);
          if (problem !== null)
            problems.push(
              `${problem}: ${sweep.nameOf(WORLD, series)} #${String(when)}: ${String(status ?? signal)}, ${stderr}`,
            );
        }
      }
      return { met, problems };
    };

    const noneOfOurs = ({ status, scriptUnread }: Outcome): string | null =>
      scriptUnread || status === 0 ? null : 'failed';

    it('another operation never fails, once its script was read', { timeout: 120_000 }, async () => {
      const { met, problems } = await swept(['shell'], { operation: ['reconnect', 'begin'], xml: GUEST }, noneOfOurs);
      expect(problems).toEqual([]);
      expect(met).toBeGreaterThan(30);
    });

    // By the script, or by the shell itself where it cannot start what reads the document. Where no descriptor can be
    // moved, nobody can be told.
    it('a guest without mdevs is let through, or it is said why not', { timeout: 120_000 }, async () => {
      const { met, problems } = await swept(['shell', 'tr'], { xml: PLAIN }, (outcome, { call }) =>
        outcome.stderr !== '' || call.startsWith('dup2') ? null : noneOfOurs(outcome),
      );
      expect(problems).toEqual([]);
      expect(met).toBeGreaterThan(30);
    });
  },
);
