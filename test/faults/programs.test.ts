// The programs that the script starts, missing, failing, hanging or dying, and the journal that nobody may wait for.
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CAN_MOUNT } from '../fuse/mount.ts';
import { NODE } from '../node/under-test.ts';
import { environment, first, mounted } from './environment.ts';

const REFUSED = /(?:^|\n)mdev-preflight: refused: guest '(?:mdevguest)?'[:,] .* Next: /;

/** A PATH on which one program is not. */
const without = (name: string): readonly string[] =>
  mounted(
    `mount -t tmpfs tmpfs /mnt; for it in node tr timeout cat sh awk logger ln; do [ $it = ${name} ] || ln -s "$(command -v $it)" /mnt/$it; done; PATH=/mnt`,
  );

describe.skipIf(!CAN_MOUNT)('hooks/qemu and its programs (needs root and /dev/fuse)', () => {
  const { guest, both } = environment();

  it.each(['node', 'timeout', 'cat', 'sh'])('names %s where it is not on PATH', async (name) => {
    const says = `^mdev-preflight: refused: guest 'mdevguest': it has mdevs, and '${name}' is not on PATH \\(/mnt\\), so no driver can be asked\\. Next: `;
    await both({ wrapper: without(name) }, new RegExp(says));
  });

  it('names tr where it is not on PATH', async () => {
    const says =
      /^mdev-preflight: refused: guest '': 'tr' is not on PATH \(\/mnt\), so its domain XML cannot be read\. Next: /;
    await guest({ wrapper: without('tr') }, says);
  });

  it.each(['awk', 'logger'])('accepts without %s', async (name) => {
    await both({ wrapper: without(name) }, 'accepted');
  });

  it.each(['tr', 'timeout', 'cat', 'sh'])(
    'is a refusal where %s fails, is killed, or says something else',
    async (name) => {
      for (const body of ['exit 1', 'kill -9 $$', 'echo garbage']) await guest({ programs: { [name]: body } }, REFUSED);
    },
  );

  it.each([
    ['fails', 'exit 1'],
    ['is killed', 'kill -9 $$'],
    ['floods its streams', 'head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2'],
  ])('accepts where the logger %s', async (_, logger) => {
    await guest({ programs: { logger } }, 'accepted');
  });

  it('waits for no logger', async () => {
    const programs = { logger: 'exec sleep 7' };
    for (const { milliseconds } of await guest({ programs, loggerHangs: true }, 'accepted'))
      expect(milliseconds).toBeLessThan(8000);
  });

  it('leaves no Node behind that hangs where it is asked whether it may be run', async () => {
    const programs = { node: 'case "$*" in --version) exec sleep 20 ;; *) exit 1 ;; esac' };
    await guest({ programs }, /hook\.cjs does not run/);
  });

  it('leaves no Node behind that hangs as it starts, and waits for it no longer than ten seconds', async () => {
    const programs = { node: 'exec sleep 20' };
    // Nor does SIGTERM reach it.
    const wrapper = ['/usr/bin/env', '--block-signal=TERM'];
    for (const { milliseconds } of await guest({ programs, wrapper }, /hook\.cjs does not run/))
      expect(milliseconds).toBeLessThan(13_000);
  });

  it('accepts without a journal to be told to', async () => {
    const programs = { logger: 'exec /usr/bin/logger "$@"' };
    await both({ programs, wrapper: mounted('mount -t tmpfs tmpfs /dev') }, 'accepted');
    await both({ programs, wrapper: mounted('mount -t tmpfs tmpfs /run; ln -sf /nowhere /run/log') }, 'accepted');
  });

  it.each([
    ['before it says a word', 'kill -9 $$'],
    ['behind its first line', `echo "2 $$"; kill -9 $$`],
    ['by an abort', 'kill -ABRT $$'],
    ['with an end in the middle of what it says', `${NODE} "$@" | head -c 40`],
    ['with the end of its reply cut off', `${NODE} "$@" | head -c -1`],
  ])('is a refusal where Node dies %s', async (_, node) => {
    await guest({ programs: { node, head: 'exec /usr/bin/head "$@"' } }, REFUSED);
  });

  // A wrapper that greets whoever starts it: "Node 20".
  it('kills nobody whose number it was told by something else than its program', async () => {
    const bystander = spawn('sleep', ['30']);
    const ended = new Promise((end) => bystander.on('exit', end));
    for (const line of ['Node PID', 'now PID', '-1 PID', '1 PID x', 'PID', '1  PID', ' PID'])
      await guest(
        { programs: { node: `echo '${line.replace('PID', String(bystander.pid))}'; exec ${NODE} "$@"` } },
        REFUSED,
      );
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill();
    await ended;
  });
});

describe.skipIf(!CAN_MOUNT)(
  'hooks/qemu with signals that its caller ignores or blocks (needs root and /dev/fuse)',
  () => {
    const { guest, both } = environment();
    // What starts, names its time and sticks, in the place of a driver that holds Node.
    const stuck = {
      node: `case "$*" in *" answer "*) echo "0.5 $$"; exec sleep 4 ;; *) exec ${NODE} "$@" ;; esac`,
      sleep: 'exec /usr/bin/sleep "$@"',
    };
    const ignored = first("trap '' TERM INT HUP PIPE ALRM CHLD USR1");
    const blocked = ['/usr/bin/env', '--block-signal=TERM,INT,HUP,ALRM,CHLD,USR1'];

    it.each([
      ['ignored', ignored],
      ['blocked', blocked],
    ])('accepts, and gives up what is stuck, with all of them %s', async (_, wrapper) => {
      await both({ wrapper }, 'accepted');
      for (const { milliseconds } of await guest({ wrapper, programs: stuck }, REFUSED))
        expect(milliseconds).toBeLessThan(3000);
    });
  },
);
