// `doctor` as root meets it: on this very machine, with the hook installed as README.md says.
import { execa, execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import type { CheckId, Finding } from '../../src/model/finding.ts';
import { NODE } from '../node/under-test.ts';

// Private mounts, processes of its own: no daemon of the machine is looked at, none of its files changed.
const CAN_UNSHARE =
  process.getuid?.() === 0 && execaSync('unshare', ['-mpf', 'true'], { reject: false }).exitCode === 0;

// What a program that doctor must not run leaves behind.
const EVIL = '/mnt/evil';
const RAN = `${EVIL}/ran`;
const USER = 'setpriv --reuid 65534 --regid 65534 --clear-groups';

/** A process that is called virtqemud, with a PATH on which an ordinary user's `node` and `tr` come first. */
function pretender(place: string, as: string): string {
  return [
    `mkdir -m 755 ${EVIL} && chmod 755 /mnt && cp "$(command -v sleep)" ${place}`,
    `for name in node tr; do printf '#!/bin/sh\\ntouch ${RAN}\\n' >${EVIL}/$name; chmod 755 ${EVIL}/$name; done`,
    `chown -R 65534:65534 ${EVIL}`,
    `{ ${as} env PATH=${EVIL}:/usr/sbin:/usr/bin:/sbin:/bin ${place} 60 >/dev/null 2>&1 & }`,
    'until [ "$(cat /proc/$!/comm)" = virtqemud ]; do sleep 0.05; done',
  ].join(' && ');
}

describe.skipIf(!CAN_UNSHARE)('doctor on this machine, with the hook installed as README says (needs root)', () => {
  const onMachine = async (more: string): Promise<{ status: number | undefined; checks: Map<CheckId, Finding> }> => {
    const over = (name: string, of: string): string =>
      `mkdir -p /mnt/${name}/u /mnt/${name}/w && mount -t overlay -o lowerdir=${of},upperdir=/mnt/${name}/u,workdir=/mnt/${name}/w overlay ${of}`;
    const lines = [
      'mount -t tmpfs tmpfs /mnt',
      over('etc', '/etc'),
      over('usr', '/usr'),
      'install -D -m 644 dist/hook.cjs /usr/libexec/mdev-preflight/hook.cjs',
      'install -D -m 755 hooks/qemu /etc/libvirt/hooks/qemu.d/50-mdev-preflight',
      // The first place on the PATH that doctor assumes for a daemon.
      `printf '#!/bin/sh\\nexec ${NODE} "$@"\\n' >/usr/sbin/node && chmod 755 /usr/sbin/node`,
      more,
    ];
    const doctor = 'bin/mdev-preflight doctor --json --connect test:///default';
    const command = `(${lines.join(' && ')}) || exit 99; ${doctor}; status=$?; [ ! -e ${RAN} ] || exit 98; exit $status`;
    const { exitCode, stdout } = await execa(
      'unshare',
      ['-mpf', '--mount-proc', '--propagation', 'private', 'sh', '-c', command],
      {
        reject: false,
      },
    );
    const found = (JSON.parse(stdout) as { checks: Finding[] }).checks;
    return { status: exitCode, checks: new Map(found.map((check) => [check.id, check])) };
  };

  it('fails nothing', async () => {
    const { status, checks: all } = await onMachine('true');
    expect([...all.values()].filter(({ result }) => result === 'fail')).toEqual([]);
    expect(status).toBe(0);
    expect(all.get('self-test')?.result).toBe('pass');
    expect(all.get('hook-noticed')?.message).toMatch(/^no daemon runs/);
  });

  it('fails the configuration that the hook would read', async () => {
    const { status, checks: all } = await onMachine(
      'mkdir -p /etc/mdev-preflight && echo "unstamped = 1" >/etc/mdev-preflight/config.toml',
    );
    expect(status).toBe(1);
    expect(all.get('config')?.message).toContain('line 1: unstamped must be');
    expect(all.get('self-test')?.message).toContain('ended with status 2');
  });

  it('takes no process of an ordinary user for a daemon, and runs nothing on its PATH', async () => {
    const { status, checks: all } = await onMachine(pretender(`${EVIL}/virtqemud`, USER));
    expect(status).toBe(0);
    expect(all.get('node')?.message).toMatch(/ is on the usual PATH, /);
    expect(all.get('hook-noticed')?.message).toMatch(/^no daemon runs.*; 1 session daemon /);
  });

  it('runs nothing on a PATH of root’s daemon where others may write, and fails it', async () => {
    const { status, checks: all } = await onMachine(pretender('/usr/sbin/virtqemud', ''));
    expect(status).toBe(1);
    expect(all.get('node')).toMatchObject({
      result: 'fail',
      message: expect.stringContaining(`: ${EVIL} belongs to uid 65534: `) as string,
    });
    expect(all.get('self-test')?.message).toMatch(/^not run: /);
  });
});
