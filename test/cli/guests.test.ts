// `stamp DOMAIN`, `stamp --all` and `allow`, as far as libvirt's test driver goes: it forgets what was set
// once virsh ends. What stays is tested on real daemons (test/live).
import { execaSync } from 'execa';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST_MDEV, gvtHost } from '../../src/simulation/examples.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { runCli } from './run.ts';

const HAS_VIRSH = execaSync('virsh', ['--version'], { reject: false }).exitCode === 0;
const uuidOf = (digit: number): string => `22222222-aaaa-4bbb-8ccc-00000000000${String(digit)}`;

describe.skipIf(!HAS_VIRSH)('commands on guests (need libvirt-clients)', () => {
  const home = mkdtempSync(join(tmpdir(), 'guests-'));
  const uri = `test://${join(home, 'node.xml')}`;
  const onGuests = (...args: string[]): ReturnType<typeof runCli> => runCli([...args, '--connect', uri]);
  beforeAll(() => {
    const mdev = `<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='${FIRST_MDEV}'/></source><address type='pci' domain='0' bus='1' slot='0' function='0'/></hostdev>`;
    const guest = (digit: number, name: string, devices = '', head = ''): string =>
      `<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>${name}</name><uuid>${uuidOf(digit)}</uuid>${head}<memory>8192</memory><os><type>hvm</type></os><devices>${devices}</devices></domain>`;
    const off = '<test:runstate>5</test:runstate>';
    const guests = [guest(1, '2', mdev), guest(2, '1'), guest(3, '-x'), guest(4, 'a b'), guest(5, 'off', mdev, off)];
    writeFileSync(join(home, 'node.xml'), `<node>${guests.join('')}</node>`);
  });
  afterAll(() => {
    rmSync(home, { recursive: true });
  });

  it.each([
    ['1', '1', 2],
    ['a b', 'a b', 4],
    [uuidOf(4).toUpperCase(), 'a b', 4],
  ])('stamp %j takes it for a name or a UUID, never for an id', async (word, name, digit) => {
    expect(await onGuests('stamp', word)).toEqual({
      status: 0,
      stdout: `guest '${name}' (${uuidOf(digit)}): has no mdev: nothing to stamp\n`,
      stderr: '',
    });
  });

  it('takes a name that begins with a dash behind --, and says so', async () => {
    expect(await runCli(['stamp', '--connect', uri, '--', '-x'])).toMatchObject({
      status: 0,
      stdout: `guest '-x' (${uuidOf(3)}): has no mdev: nothing to stamp\n`,
    });
    expect(await onGuests('stamp', '-x')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('goes behind --') as string,
    });
  });

  it('ends with 2 for guests that are not here or do not run, and does the others', async () => {
    const { status, stdout, stderr } = await onGuests('stamp', 'nobody', 'off', '1');
    expect(status).toBe(2);
    expect(stderr).toBe(
      `mdev-preflight: guest 'nobody': no guest of this name or UUID here; see: virsh list --all\n` +
        `mdev-preflight: guest 'off' (${uuidOf(5)}): does not run, so no driver can be asked about it. To move its definition as it is: mdev-preflight allow --help\n`,
    );
    expect(stdout).toContain("guest '1'");
  });

  it('tells the same as JSON', async () => {
    const { status, stdout } = await onGuests('stamp', 'nobody', 'a b', '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      guests: [
        { name: 'nobody', uuid: null, result: 'unknown-guest' },
        { name: 'a b', uuid: uuidOf(4), result: 'no-mdev' },
      ],
    });
  });

  it('is quiet where it is told to be, but for what went wrong', async () => {
    expect(await onGuests('stamp', '1', 'a b', '--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await onGuests('stamp', 'nobody', '--quiet')).stderr).not.toBe('');
  });

  it.each([
    [['stamp', '--all'], 'qemu+ssh://beta/system'],
    [['stamp', '--all', '--follow'], 'qemu+ssh://beta/system'],
    [['allow', 'guest', '--for', '10m', '--reason', 'x'], 'qemu+tcp://localhost/system'],
  ])('%j refuses another host’s libvirt', async (words, remote) => {
    expect(await runCli([...words, '--connect', remote])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('leads to another host') as string,
    });
  });

  it('says that libvirt cannot be reached, and ends with 3', async () => {
    expect(await runCli(['stamp', '--all', '--connect', 'qemu+unix:///system?socket=/nowhere'])).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/cannot be reached at .*\/nowhere.*systemctl status/) as string,
    });
  });

  it('allow grants nothing to a guest without mdevs', async () => {
    expect(await onGuests('allow', '1', '--for', '10m', '--reason', 'x')).toMatchObject({
      status: 0,
      stdout: `guest '1' (${uuidOf(2)}) has no mdev: there is nothing to exempt it from\n`,
    });
  });

  it.each([
    [[], 'allow takes one guest'],
    [['a', 'b', '--for', '1m', '--reason', 'x'], 'allow takes one guest'],
    [['1', '--reason', 'x'], '--for DURATION'],
    [['1', '--for', '0m', '--reason', 'x'], '--for DURATION'],
    [['1', '--for', '25h', '--reason', 'x'], '--for DURATION'],
    [['1', '--for', '86401s', '--reason', 'x'], '--for DURATION'],
    [['1', '--for', '10', '--reason', 'x'], '--for DURATION'],
    [['1', '--for', '-1m', '--reason', 'x'], '--for'],
    [['1', '--for', '10m'], '--reason TEXT'],
    [['1', '--for', '10m', '--reason', ' '], '--reason TEXT'],
    [['1', '--for', '10m', '--reason', 'x'.repeat(301)], '--reason TEXT'],
    [['nobody', '--for', '10m', '--reason', 'x'], "no guest 'nobody'"],
  ])('allow %j ends with 2', async (words, message) => {
    expect(await onGuests('allow', ...words)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message) as string,
    });
  });

  describe.skipIf(!CAN_MOUNT)('on a simulated host (needs root and /dev/fuse)', () => {
    let host: MountedHost;
    beforeAll(async () => {
      host = await mountHost(gvtHost('alpha', 1));
    });
    afterAll(() => host.unmount());

    it('stamp says of a stamp that did not stay that it did not, and ends with 3', async () => {
      expect(await onGuests('stamp', '2', '--sysfs-root', host.sysfsRoot)).toMatchObject({
        status: 3,
        stderr: expect.stringContaining('the stamp does not stay') as string,
      });
    });

    it('allow grants nothing that does not stay, and says how to be sure of it', async () => {
      const words = ['allow', '2', '--for', '1m', '--reason', 'x', '--sysfs-root', host.sysfsRoot];
      const { status, stdout, stderr } = await onGuests(...words);
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toMatch(
        /not granted: the exemption does not stay.*: virsh metadata --domain .* --remove --live$/m,
      );
    });

    it('stamp --all tells of guests with mdevs only, and why one is not stamped', async () => {
      host.change({ ...gvtHost('alpha', 1), mdevs: {} });
      const { status, stdout, stderr } = await onGuests('stamp', '--all', '--sysfs-root', host.sysfsRoot);
      expect(status).toBe(3);
      expect(stdout).toBe('');
      expect(stderr).toBe(
        `mdev-preflight: guest '2' (${uuidOf(1)}): not stamped\n` +
          `mdev-preflight: guest '2' (${uuidOf(1)}): mdev ${FIRST_MDEV} is not on this host; the stamp is made on the host where the guest runs. What is here: mdev-preflight list\n`,
      );
    });
  });
});
