// Limits on what a process may have, down to where nothing runs: a refusal with a reason, or an acceptance that was earned.
import { describe, expect, it } from 'vitest';
import { CAN_MOUNT } from '../fuse/mount.ts';
import { environment, first } from './environment.ts';

const NOT_RUN =
  /^mdev-preflight: refused: guest 'mdevguest': it has mdevs, and \S+\/hook\.cjs does not run, so no driver can be asked\. Next: /;

describe.skipIf(!CAN_MOUNT)('hooks/qemu, with limits (needs root and /dev/fuse)', () => {
  const { guest, both } = environment();

  it('accepts with 256 and with 64 open files', async () => {
    for (const files of [256, 64]) await both({ wrapper: first(`ulimit -n ${String(files)}`) }, 'accepted');
  });

  it('is a refusal where Node does not start for too few of them', async () => {
    for (const files of [16, 14]) await both({ wrapper: first(`ulimit -n ${String(files)}`) }, NOT_RUN);
  });

  // A shell that keeps its script at descriptor 10 runs nothing at all, and so nothing of ours.
  it('accepts nothing with fewer files than the shell itself needs', async () => {
    for (const files of [13, 12, 11, 10, 8, 7, 6, 5, 4, 3])
      await guest({ wrapper: first(`ulimit -n ${String(files)}`) }, /^[^]*$/);
  });

  it('is a refusal, or an acceptance that was earned, with any amount of memory', async () => {
    for (const mebibytes of [4, 16, 64, 512]) {
      const wrapper = first(`ulimit -v ${String(mebibytes * 1024)}`);
      await guest({ wrapper }, mebibytes >= 64 ? NOT_RUN : /./);
    }
    for (const gibibytes of [1, 2, 8])
      await guest({ wrapper: first(`ulimit -v ${String(gibibytes * 1048576)}`) }, 'either');
    await both({ wrapper: first('ulimit -v 67108864') }, 'accepted');
  });

  it('accepts where no file may grow, and with a small stack', async () => {
    // FUSE looks at the limit, sysfs does not: Linux, mm/filemap.c, generic_write_checks.
    await guest({ wrapper: first('ulimit -f 0') }, 'either');
    await both({ wrapper: first('ulimit -s 1024') }, 'accepted');
    for (const kibibytes of [256, 128, 64]) await guest({ wrapper: first(`ulimit -s ${String(kibibytes)}`) }, 'either');
  });

  it('is given up where Node may take no more than a second of time', async () => {
    const programs = { node: 'while :; do :; done' };
    const outcomes = await guest({ wrapper: first('ulimit -t 1'), programs }, NOT_RUN);
    for (const { milliseconds } of outcomes) expect(milliseconds).toBeLessThan(9000);
  });
});
