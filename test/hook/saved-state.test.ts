// A managed save whose restore is refused: libvirt 11.3.0 deletes it, so it gets a second name.
import { describe, expect, it } from 'vitest';
import { FIRST_MDEV, guestXml } from '../../src/simulation/examples.ts';
import { CAN_MOUNT } from '../fuse/mount.ts';
import { callHook, type HookResult, orphanedScript } from './call.ts';
import { SHELLS } from './shells.ts';

const MDEV = guestXml('g', [FIRST_MDEV]);
const DIRECTORY = '/var/lib/libvirt/qemu/save';
const KEPT = `its managed save is kept as ${DIRECTORY}/g.save.refused, for libvirt may delete it now; virsh restore it, or remove it once the guest has run again`;

// Runs the hook where there is a managed save of `g`, and shows on standard error what is there afterwards.
const SCRIPT = `PATH=/usr/bin:/bin:/usr/sbin:/sbin
mount -t tmpfs tmpfs /var/lib && mkdir -p ${DIRECTORY} && echo state >${DIRECTORY}/g.save || exit 99
PATH=$HOOK_PATH "$@"; status=$?
(cd ${DIRECTORY} && for file in *; do echo "$file: $(/usr/bin/cat "$file")"; done) >&2
exit $status`;
const WRAPPER = [
  '/bin/sh',
  '-c',
  'HOOK_PATH=$PATH; export HOOK_PATH; exec /usr/bin/unshare -m --propagation private /bin/sh -c "$0" sh "$@"',
  SCRIPT,
];

describe.skipIf(!CAN_MOUNT)('a managed save (needs root)', () => {
  const call = (shell: readonly string[], words: readonly string[], script?: string, logged = 1): Promise<HookResult> =>
    callHook(words, {
      xml: MDEV,
      shell,
      wrapper: WRAPPER,
      logged,
      programs: { ln: 'exec /usr/bin/ln "$@"' },
      ...(script === undefined ? {} : { script }),
    });

  for (const { name, words: shell, missing } of SHELLS) {
    describe.skipIf(missing)(name, () => {
      it('is kept under a second name where its restore is refused', async () => {
        const { status, stderr, journal } = await call(shell, ['g', 'restore', 'begin', '-'], undefined, 2);
        expect(status).toBe(1);
        expect(stderr).toMatch(/^mdev-preflight: refused: /);
        expect(stderr.split('\n').slice(1)).toEqual([
          `mdev-preflight: ${KEPT}`,
          'g.save: state',
          'g.save.refused: state',
          '',
        ]);
        expect(journal.join('\n')).toContain(`-p daemon.warning -- ${KEPT}`);
      });

      it('is kept as well where the script itself has to refuse', async () => {
        const { status, stderr } = await call(shell, ['g', 'restore', 'begin', '-'], orphanedScript());
        expect(status).not.toBe(0);
        expect(stderr).toMatch(/g\.save: state\ng\.save\.refused: state\n$/);
      });

      it.each([
        ['a migration', ['g', 'migrate', 'begin', '-']],
        ['another guest', ['other', 'restore', 'begin', '-']],
        ['a name that leads elsewhere', ['../save/g', 'restore', 'begin', '-']],
      ])('has one name after %s', async (_, words) => {
        const { status, stderr } = await call(shell, words);
        expect(status).toBe(1);
        expect(stderr).toMatch(/\ng\.save: state\n$/);
        expect(stderr).not.toContain('kept');
      });
    });
  }
});
