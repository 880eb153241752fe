// The three streams, as libvirt never gives them and a person or another manager may: closed, full, unread, slow, cut.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CAN_MOUNT } from '../fuse/mount.ts';
import { environment, first, mounted, PLAIN } from './environment.ts';
import { GUEST } from './injected.ts';

const HAS_STRACE = existsSync('/usr/bin/strace');
const UNREADABLE = /^mdev-preflight: refused: guest 'mdevguest': standard input could not be read to its end\. Next: /;
const EMPTY = /^mdev-preflight: refused: guest 'mdevguest': there is no domain XML on standard input\. Next: /;
const NOT_HANDED_BACK = /refused: guest 'mdevguest': the domain XML could not be handed back\. Next: /;

describe.skipIf(!CAN_MOUNT)('hooks/qemu, standard input (needs root and /dev/fuse)', () => {
  const { guest, both } = environment();

  it.each([
    ['is closed', '<&-', EMPTY],
    ['is a directory', '</', UNREADABLE],
    ['is /dev/null', '</dev/null', EMPTY],
    ['cannot be read: it is open for writing only', '0>/dev/null', UNREADABLE],
  ])('that %s is refused', async (_, streams, says) => {
    await guest({ wrapper: first('', streams) }, says);
  });

  it('that comes a few bytes at a time is read to its end', async () => {
    const parts = (xml: string) => async (child: { stdin: { write(text: string): void; end(): void } | null }) => {
      for (let at = 0; at < xml.length; at += 200) {
        child.stdin?.write(xml.slice(at, at + 200));
        await new Promise((done) => setTimeout(done, 15));
      }
      child.stdin?.end();
    };
    await guest({ feed: (child) => void parts(GUEST)(child) }, 'accepted');
  });

  it('that ends too early is refused, wherever it ends', async () => {
    for (const part of [0.1, 0.4, 0.7, 0.97])
      await guest({ xml: GUEST.slice(0, Math.floor(GUEST.length * part)) }, /^mdev-preflight: refused: /);
    await guest({ xml: PLAIN.slice(0, -12) }, /^mdev-preflight: refused: |^$/);
  });

  // Nothing can be decided without the document, and libvirt closes the pipe whatever happens to it: the end of the
  // daemon ends it too. The deadline is for drivers; a person who called the hook by hand sees it wait, as cat does.
  it('that is never closed is waited for, without Node and without a driver, and a signal ends that', async () => {
    const outcomes = await guest(
      {
        feed: (child) => {
          child.stdin?.write(GUEST);
          setTimeout(() => child.kill('SIGTERM'), 400);
          child.on('exit', () => child.stdin?.destroy());
        },
      },
      /^$/,
    );
    for (const { signal, seen, milliseconds } of outcomes) {
      expect([signal, seen]).toEqual(['SIGTERM', []]);
      expect(milliseconds).toBeGreaterThan(350);
    }
  });

  it('hands back what it got where nothing else is open', async () => {
    await both({ wrapper: first('exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-') }, 'accepted');
  });
});

/** Standard output becomes a pipe that nobody reads: its only reader has ended. */
const UNREAD = `mount -t tmpfs tmpfs /mnt; mkfifo /mnt/pipe; { : </mnt/pipe; } & exec 9>/mnt/pipe; wait`;

describe.skipIf(!CAN_MOUNT)('hooks/qemu, standard output and error (need root and /dev/fuse)', () => {
  const { guest, others, both } = environment();

  it.each([
    ['closed', '>&-'],
    ['/dev/full', '>/dev/full'],
    ['open for reading only', '1</dev/null'],
  ])('accepts nothing where standard output is %s', async (_, streams) => {
    await guest({ wrapper: first('', streams) }, NOT_HANDED_BACK);
    await others({ wrapper: first('', streams) });
  });

  it('accepts nothing where the file behind standard output is full', async () => {
    const full =
      'mount -t tmpfs -o size=4k,nr_inodes=9 tmpfs /mnt; exec 9>/mnt/out; head -c 4096 /dev/zero >&9; exec >&9';
    await guest({ wrapper: mounted(full) }, NOT_HANDED_BACK);
  });

  it('accepts nothing where the reader of standard output is gone, whatever SIGPIPE does', async () => {
    await guest({ wrapper: mounted(`${UNREAD}; trap '' PIPE; exec >&9 9>&-`) }, NOT_HANDED_BACK);
    const outcomes = await guest({ wrapper: mounted(`${UNREAD}; exec >&9 9>&-`) }, /^(?:$|.*could not be handed back)/);
    for (const { status, signal } of outcomes) expect([3, 141, 'SIGPIPE']).toContain(status ?? signal);
  });

  it('hands a large document back to a reader that takes its time', async () => {
    const xml = GUEST.replace('<devices>', `<!-- ${'a line of nothing in particular\n'.repeat(20_000)} --><devices>`);
    const slow = 'mount -t tmpfs tmpfs /mnt; mkfifo /mnt/pipe; { sleep 0.6; cat; } </mnt/pipe & exec >/mnt/pipe';
    await guest({ xml, wrapper: mounted(slow) }, 'accepted');
  });

  // strace stands for a pipe with O_NONBLOCK that is full.
  it.skipIf(!HAS_STRACE)('accepts nothing where standard output is not to be waited for (needs strace)', async () => {
    const fault = { place: 'shell', call: 'write', what: 'error=EAGAIN', when: 1 } as const;
    const outcomes = await guest({ fault }, NOT_HANDED_BACK);
    expect(outcomes.map(({ met }) => met)).not.toContain(false);
  });

  it('accepts by the driver’s answer alone where standard error is closed, full or unread', async () => {
    for (const streams of ['2>&-', '2>/dev/full']) await both({ wrapper: first('', streams) }, 'accepted');
  });

  it('writes into nothing that got the descriptor of a closed stream', async () => {
    const outcomes = await guest({ wrapper: first('', '>&- 2>&-') }, /^$/);
    for (const { seen } of outcomes)
      expect(seen.filter(({ operation }) => operation === 'write').length).toBeLessThan(2);
    await guest({ wrapper: first('', '<&- >&- 2>&-') }, /^$/);
    await others({ wrapper: first('', '>&- 2>&-') });
  });
});
