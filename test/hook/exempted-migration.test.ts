// hooks/qemu and a guest with an exemption, on simulated hosts: real system calls, real clocks.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exemption } from '../../src/model/exemption.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, gvtHost, guestXml, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { runCli } from '../cli/run.ts';
import { exempt, exemptionAround } from '../exemption/parts.ts';
import { hostWith } from '../fuse/hosts.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { NODE } from '../node/under-test.ts';
import { callHook, type HookOptions, type HookResult } from './call.ts';
import { onHost } from './on-host.ts';
import { SHELLS } from './shells.ts';

const STAMP = /<mdev-preflight:stamp[^]*<\/mdev-preflight:stamp>/;
const MARK = 'urn:mdev-preflight:';
const around = (from: number, until: number): Exemption => exemptionAround(new Date(), from, until);

/** What the journal has to say of a guest that was let in, and of what it was let in in spite of. */
function accepted(refusal: string): RegExp {
  return new RegExp(
    `^-t mdev-preflight -p daemon\\.warning -- accepted by exemption: guest 'mdevguest' \\(22222222-aaaa-4bbb-8ccc-000000000002\\): ` +
      `refused: guest 'mdevguest'.*${refusal}.*; exemption by 'root@alpha' until \\S+Z: 'moving the definition'$`,
  );
}

describe.skipIf(!CAN_MOUNT)('hooks/qemu and an exemption, on a simulated host (needs root and /dev/fuse)', () => {
  let source: MountedHost;
  let host: MountedHost;
  let stamped: string;
  beforeAll(async () => {
    [source, host] = await Promise.all([mountHost(gvtHost('alpha', 1)), mountHost(gvtHost('beta', 1))]);
    const xml = guestXml('mdevguest', [FIRST_MDEV, SECOND_MDEV]);
    stamped = (await runCli(['--sysfs-root', source.sysfsRoot, 'stamp', '--xml', '-'], xml)).stdout;
  });
  afterAll(() => Promise.all([source.unmount(), host.unmount()]));

  const call = (xml: string, config?: string, options: HookOptions = {}): Promise<HookResult> =>
    callHook(['mdevguest', 'migrate', 'begin', '-'], { xml, wrapper: onHost(host, config), logged: 1, ...options });
  /** In every shell, one after the other: they share the host. */
  const inShells = async (of: (shell: readonly string[]) => Promise<void>): Promise<void> => {
    for (const { missing, words } of SHELLS) if (!missing) await of(words);
  };
  const on = async (description: SimulatedHost, run: () => Promise<void>): Promise<void> => {
    host.change(description);
    try {
      await run();
    } finally {
      host.release();
      host.change(gvtHost('beta', 1));
    }
  };

  it('lets a guest in whose version the driver rejects, with a fresh stamp and without the exemption', async () => {
    await on(gvtHost('beta', 2), () =>
      inShells(async (shell) => {
        const result = await call(exempt(stamped, around(-60, 60)), undefined, { shell });
        expect(result).toMatchObject({ status: 0, stderr: '' });
        expect(result.stdout.replace(STAMP, '')).toBe(stamped.replace(STAMP, ''));
        expect(result.stdout).toContain('8086-591d-GVTg_V5_4-00000002%0A');
        expect(result.journal).toEqual([expect.stringMatching(accepted('version-rejected: .*more lines?\\)'))]);
      }),
    );
  });

  it('lets an unstamped guest in, and one whose mdevs are not here', async () => {
    const unstamped = guestXml('mdevguest', [FIRST_MDEV]);
    await inShells(async (shell) => {
      const result = await call(exempt(unstamped, around(-60, 60)), undefined, { shell });
      expect(result).toMatchObject({ status: 0, stderr: '' });
      expect(result.stdout).toMatch(STAMP);
      expect(result.journal.join('\n')).toMatch(accepted('unstamped'));
    });
    await on({ ...gvtHost('beta', 1), mdevs: {} }, async () => {
      const result = await call(exempt(unstamped, around(-60, 60)));
      expect(result).toMatchObject({ status: 0, stderr: '' });
      expect(result.stdout).not.toContain(MARK);
      expect(result.journal.join('\n')).toMatch(accepted('destination-device-missing'));
    });
  });

  it.each([
    ['in write(2)', { rule: { kind: 'hang' } }],
    ['in read(2)', { read: { hang: true } }],
  ] as const)('lets a guest in by the deadline when a driver never returns %s', async (_, attribute) => {
    await on(hostWith(attribute), () =>
      inShells(async (shell) => {
        const result = await call(exempt(stamped, around(-60, 60)), 'deadline_seconds = 2\n', { shell });
        expect(result).toMatchObject({ status: 0, stderr: '' });
        expect(result.milliseconds).toBeLessThan(3000);
        // No fact of this host came: the stamp of the host before is gone all the same.
        expect(result.stdout).toBe(stamped.replace(STAMP, ''));
        expect(result.stdout).not.toContain(MARK);
        expect(result.journal.join('\n')).toMatch(accepted('deadline-exceeded: no answer before the deadline: '));
      }),
    );
  });

  it('hands nothing back in the place of a driver that never returns where restamp is "off"', async () => {
    await on(hostWith({ rule: { kind: 'hang' } }), async () => {
      const result = await call(exempt(stamped, around(-60, 60)), 'deadline_seconds = 1\nrestamp = "off"\n');
      expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
    });
  });

  it('does not let a guest in whose exemption ends while the driver is awaited', async () => {
    await on(hostWith({ rule: { kind: 'hang' } }), async () => {
      for (const until of [-1, 1]) {
        const result = await call(exempt(stamped, around(-60, until)), 'deadline_seconds = 2\n');
        expect(result).toMatchObject({ status: 3, stdout: '' });
        expect(result.stderr).toMatch(
          /deadline-exceeded[^]*the exemption in the guest's metadata does not hold: it ended at /,
        );
      }
    });
  });

  it('lets a guest in where the configuration or the sysfs root cannot be used', async () => {
    await inShells(async (shell) => {
      const result = await call(exempt(stamped, around(-60, 60)), 'unstmped = "allow"\n', { shell });
      expect(result).toMatchObject({ status: 0, stderr: '', stdout: stamped.replace(STAMP, '') });
      expect(result.journal.join('\n')).toMatch(accepted("line 1: unknown key 'unstmped'"));
    });
    const nowhere = await call(exempt(stamped, around(-60, 60)), 'sysfs_root = "/nowhere"\nrestamp = "off"\n');
    expect(nowhere).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(nowhere.journal.join('\n')).toMatch(accepted("sysfs_root '/nowhere' cannot be read: ENOENT"));
  });

  it('refuses one second after its end, and where it begins in the future, with a line that says so', async () => {
    await on(gvtHost('beta', 2), () =>
      inShells(async (shell) => {
        const [plain, ended, future] = [
          await call(stamped, undefined, { shell }),
          await call(exempt(stamped, around(-60, -1)), undefined, { shell }),
          await call(exempt(stamped, around(60, 120)), undefined, { shell }),
        ];
        for (const { status, stdout, stderr, journal } of [ended, future]) {
          expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
          expect(stderr.startsWith(plain.stderr)).toBe(true);
          expect(stderr.slice(plain.stderr.length)).toMatch(
            /^mdev-preflight: the exemption in the guest's metadata does not hold: it [ -~]+\n$/,
          );
          expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThanOrEqual(600);
          expect(journal).toEqual([expect.stringMatching(/-p daemon\.warning -- refused: .* more lines?\)$/)]);
        }
        expect(ended.stderr).toContain('it ended at ');
        expect(future.stderr).toContain('the clocks disagree, so its end cannot be told');
      }),
    );
    const broken = await call(exempt(stamped, around(-60, -1)), 'unstmped = 1\n');
    expect(broken).toMatchObject({ status: 2, stdout: '' });
    expect(broken.stderr).toMatch(/^mdev-preflight: refused: [^\n]*\nmdev-preflight: the exemption [^\n]*\n$/);
  });

  it('accepts a guest as ever that needs no exemption, and takes it away', async () => {
    await inShells(async (shell) => {
      const result = await call(exempt(stamped, around(-60, 60)), undefined, { shell });
      expect(result).toMatchObject({ status: 0, stderr: '' });
      expect(result.stdout.replace(STAMP, '')).toBe(stamped.replace(STAMP, ''));
      expect(result.journal).toEqual([
        "-t mdev-preflight -p daemon.info -- accepted: guest 'mdevguest' (22222222-aaaa-4bbb-8ccc-000000000002): 2 mdevs",
      ]);
    });
  });

  it('lets nobody in where the domain XML cannot be used, or be handed back', async () => {
    const text = exempt(stamped, around(-60, 60));
    expect(await call(text.replaceAll(FIRST_MDEV, 'x'))).toMatchObject({ status: 2, stdout: '' });
    await on(gvtHost('beta', 2), async () => {
      const wrapper = [...onHost(host), '/bin/sh', '-c', 'exec "$0" "$@" >&-'];
      const unread = await call(text, undefined, { wrapper });
      expect(unread.status).toBe(3);
      expect(unread.stderr).toContain('could not be handed back');
    });
  });

  it('lets nobody in by an exemption that does not hold when the process that asks is killed at any moment', async () => {
    const killed = (delay: number): string =>
      `/usr/bin/env PATH=/usr/bin:/bin sh -c 'sleep ${String(delay)}; kill -9 '$$ &\nexec ${NODE} "$@"`;
    await on(hostWith({ rule: { kind: 'hang' } }), async () => {
      for (const delay of [0.02, 0.06, 0.1, 0.2, 0.4]) {
        const options = { programs: { node: killed(delay) } };
        const ended = await call(exempt(stamped, around(-60, -1)), 'deadline_seconds = 1\n', options);
        expect(ended).toMatchObject({ status: 3, stdout: '' });
        expect(ended.stderr).toMatch(/^mdev-preflight: refused: /);
        host.release();
        // Where it holds: the whole document, or a refusal.
        const holds = await call(exempt(stamped, around(-60, 60)), 'deadline_seconds = 1\n', options);
        expect(['0', '3']).toContain(String(holds.status));
        expect(holds.stdout).toBe(holds.status === 0 ? stamped.replace(STAMP, '') : '');
        host.release();
      }
    });
  });
});
