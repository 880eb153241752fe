// `doctor` as root meets it: on this very machine, with the hook installed as README.md says.
import { execa, execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import type { CheckId, Finding } from '../../src/model/finding.ts';

// Private mounts, processes of its own: no daemon of the machine is looked at, none of its files changed.
const CAN_UNSHARE =
  process.getuid?.() === 0 && execaSync('unshare', ['-mpf', 'true'], { reject: false }).exitCode === 0;

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
      more,
    ];
    const command = `(${lines.join(' && ')}) || exit 99; bin/mdev-preflight doctor --json --connect test:///default`;
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
});
