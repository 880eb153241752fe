// Environment variables and directories that libvirt never gives its hooks, and a person who calls this one by hand may.
import { describe, it } from 'vitest';
import { CAN_MOUNT } from '../fuse/mount.ts';
import { environment, first, mounted } from './environment.ts';

const NOT_RUN =
  /^mdev-preflight: refused: guest 'mdevguest': it has mdevs, and \S+\/hook\.cjs does not run, so no driver can be asked\. Next: /;

describe.skipIf(!CAN_MOUNT)('hooks/qemu with odd variables (needs root and /dev/fuse)', () => {
  const { both } = environment();

  it.each<[string, Record<string, string>]>([
    [
      'what Node looks at',
      {
        NODE_PENDING_DEPRECATION: '1',
        NODE_DISABLE_COMPILE_CACHE: '1',
        UV_THREADPOOL_SIZE: '1',
        NODE_DEBUG: 'fs,module',
        NODE_NO_WARNINGS: '0',
      },
    ],
    ['certificates that are not there', { NODE_EXTRA_CA_CERTS: '/nowhere', SSL_CERT_FILE: '/nowhere' }],
    ['warnings on every call', { NODE_OPTIONS: '--trace-warnings --trace-deprecation --max-semi-space-size=1' }],
    [
      'what shells look at',
      { ENV: '/nowhere', BASH_ENV: '/nowhere', IFS: '/d\n', POSIXLY_CORRECT: '1', CDPATH: '/tmp' },
    ],
    ['an odd locale', { LC_ALL: 'C.UTF-8', LANG: 'tr_TR.ISO-8859-9', LANGUAGE: 'de' }],
    [
      'names that the script uses',
      {
        xml: '<domain/>',
        reply: '\u001e0',
        unread: '0',
        start: '/nowhere',
        program: '/nowhere',
        missing: 'x',
        first: '0 1',
        status: '126',
        kept: 'x',
      },
    ],
    ['no home and no temporary directory', { HOME: '/nowhere', TMPDIR: '/nowhere' }],
  ])('accepts with %s', async (_, variables) => {
    await both({ variables }, 'accepted');
  });

  it('accepts where Node writes down its coverage, or cannot', async () => {
    await both({ variables: { NODE_V8_COVERAGE: '/dev/null/coverage' } }, 'accepted');
  });

  it.each([
    ['an option that there is not', '--no-such-option'],
    ['a file that is not there', '--require /nowhere.js'],
    ['too little memory', '--max-old-space-size=1'],
    ['no memory for the young', '--max-semi-space-size=0 --stack-size=1'],
  ])('is a refusal where NODE_OPTIONS has %s', async (_, NODE_OPTIONS) => {
    await both({ variables: { NODE_OPTIONS } }, NODE_OPTIONS.includes('size') ? /^mdev-preflight: refused: / : NOT_RUN);
  });

  it('accepts with no variable at all', async () => {
    await both({ wrapper: ['/usr/bin/env', '-i'] }, 'accepted');
    await both({ wrapper: first('unset PATH') }, 'accepted');
  });

  it('runs no `node` of the current directory', async () => {
    const here = `mount -t tmpfs tmpfs /mnt; cd /mnt; printf '#!/bin/sh\\necho "1 1"\\n' >node; cp node tr; cp node cat; chmod +x *`;
    await both({ wrapper: mounted(here) }, 'accepted');
    await both({ wrapper: mounted(`${here}; unset PATH`) }, 'accepted');
  });
});

describe.skipIf(!CAN_MOUNT)('hooks/qemu in odd places (needs root and /dev/fuse)', () => {
  const { both, guest } = environment();

  it.each([
    ['a directory that was removed', 'mount -t tmpfs tmpfs /mnt; mkdir /mnt/d; cd /mnt/d; rmdir /mnt/d'],
    ['a directory that nobody may read', 'mount -t tmpfs tmpfs /mnt; mkdir -m 0 /mnt/d; cd /mnt/d'],
    [
      'a host whose every file system is read-only',
      'for d in / /var /run /root /home; do mount --bind $d $d && mount -o remount,bind,ro $d; done',
    ],
    [
      'a host whose disks are full',
      'for d in /var /run /mnt /dev/shm; do mkdir -p $d; mount -t tmpfs -o size=4k tmpfs $d; head -c 4096 /dev/zero >$d/full || :; done',
    ],
  ])('accepts in %s', async (_, commands) => {
    await both({ wrapper: mounted(commands) }, 'accepted');
  });

  it('accepts with a umask that takes every right', async () => {
    await both({ wrapper: first('umask 777') }, 'accepted');
  });

  // The counter of writes is what shows a short write that Node completed by itself.
  it('is a refusal without /proc, and says what is missing', async () => {
    await both({ wrapper: mounted('mount -t tmpfs tmpfs /proc') }, /\/proc\/thread-self\/io/);
  });

  it('accepts without /dev/null, and is a refusal where it cannot be written', async () => {
    await both({ wrapper: mounted('mount -t tmpfs tmpfs /dev') }, 'accepted');
    await guest(
      { wrapper: mounted('mount -t tmpfs tmpfs /dev; mount -o remount,ro /dev') },
      /mdev-preflight: refused: guest 'mdevguest': it has mdevs, and .* Next: /,
    );
  });
});
