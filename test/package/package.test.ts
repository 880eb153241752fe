// What an administrator sees who installs the package, upgrades it and removes it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { PREVIOUS_MARK } from './builds.ts';
import { MANAGERS, rpm } from './managers.ts';
import { freshRoot, type Root } from './root.ts';

const HOOKS = '/etc/libvirt/hooks/qemu.d';
const HOOK = `${HOOKS}/50-mdev-preflight`;
const CONFIG = '/etc/mdev-preflight/config.toml';

describe.each(MANAGERS)('the $name', (manager) => {
  const current = inject('builds').current[manager.name];
  const previous = inject('builds').previous[manager.name];
  let root: Root;
  let before: string[];

  beforeEach(async () => {
    root = await freshRoot(inject('system'));
    await manager.prepare(root);
    before = root.changes();
  });
  afterEach(async () => {
    await root.remove();
  });

  const read = (path: string): string => readFileSync(`${root.directory}${path}`, 'utf8');

  test('has the same bytes whoever builds it', () => {
    const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(hash(inject('builds').again[manager.name])).toBe(hash(current));
    expect(hash(previous)).not.toBe(hash(current));
  });

  test('gives the distribution’s own checker nothing to complain of', async () => {
    expect(await manager.lint(current)).toBe('');
  });

  test('installs what it should, where it should be, and runs', async () => {
    await manager.install(root, current);
    expect(await manager.verify(root)).toBe('');
    expect(await root.sh(`stat -c '%F %a %U:%G' ${HOOK}`)).toBe('regular file 755 root:root');
    expect(read(HOOK)).toBe(readFileSync('hooks/qemu', 'utf8'));
    // The file that others own.
    expect(await root.sh(`ls /etc/libvirt/hooks ${HOOKS}`)).not.toMatch(/^qemu$/m);
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await root.sh('mdev-preflight --version')).toBe(`mdev-preflight ${version}`);
    expect(await root.sh('man 8 mdev-preflight | cat')).toContain('migration_version');
    expect(await root.sh('man 5 mdev-preflight-config | cat')).toContain('deadline_seconds');
    expect(await root.sh('mdev-preflight list')).toContain('no parent devices');
    expect(await root.sh('systemctl is-enabled mdev-preflight.service')).toBe('enabled');
  });

  test('compiles its programs for the Node of this system, and again for another', async () => {
    await manager.install(root, current);
    const programs = '/usr/libexec/mdev-preflight/{hook,mdev-preflight}.compiled';
    const heads = `bash -c 'head -qn1 ${programs}'`;
    const node = await root.sh('node --version');
    const expected = new RegExp(`^(?:mdev-preflight 1 ${node} .*\\n?){2}$`);
    expect(await root.sh(heads)).toMatch(expected);
    await root.sh(`bash -c 'rm ${programs}'`);
    if (manager.name === 'rpm') {
      // Nothing else in that system is an RPM: what brings another Node would be one.
      expect(await rpm(root, '--query', '--filetriggers', 'mdev-preflight')).toMatch(
        /transfiletriggerin .*-- \/usr\/bin\/node\nnode \/usr\/libexec\/mdev-preflight\/compile\.cjs /,
      );
      return;
    }
    await root.sh('dpkg-trigger --by-package=nodejs /usr/bin/node && dpkg --configure --pending');
    expect(await root.sh(heads)).toMatch(expected);
  });

  test('owns all that it brought', async () => {
    await manager.install(root, current);
    const files = await manager.files(root);
    const brought = root.changes().filter((it) => it.startsWith('+') && !before.includes(it));
    // Enabling the service makes this one.
    const enabled = /^\/(?:etc\/systemd\/system|var\/lib\/systemd)(?:\/|$)/;
    // dpkg has no word for files that a script makes; the test of removing looks after these.
    const made = manager.name === 'deb' ? /\.compiled$/ : /^$/;
    expect(
      brought
        .map((it) => it.slice(1))
        .filter((path) => ![enabled, made].some((it) => it.test(path)) && !files.includes(path)),
    ).toStrictEqual([]);
    expect(brought).toContain(`+${HOOK}`);
  });

  test('is gone without a trace when it is removed', async () => {
    await manager.install(root, current);
    expect(root.changes()).not.toStrictEqual(before);
    await manager.remove(root);
    if (manager.purge !== null) {
      // As of every package of Debian: the configuration, and that its service was enabled, until it is purged.
      const left = [CONFIG, '/etc/systemd/system/multi-user.target.wants/mdev-preflight.service'];
      expect(root.changes()).toStrictEqual(['+/etc/mdev-preflight', ...left.map((path) => `+${path}`)]);
      await manager.purge(root);
    }
    expect(root.changes()).toStrictEqual(before);
  });

  test('leaves what is not its own when it is removed', async () => {
    await manager.install(root, current);
    await root.sh(`echo '#!/bin/sh' >${HOOKS}/60-mine`);
    await manager.remove(root);
    await manager.purge?.(root);
    expect(root.changes()).toContain(`+${HOOKS}/60-mine`);
    await root.sh(`rm -r ${HOOKS}`);
    if (manager.name === 'rpm') await root.sh('rmdir /etc/libvirt/hooks');
    expect(root.changes()).toStrictEqual(before);
  });

  test('replaces the one before it, and leaves nothing of that beside the hook', async () => {
    await manager.install(root, previous);
    expect(read(HOOK)).toContain(PREVIOUS_MARK);
    await manager.install(root, current);
    expect(await root.sh(`ls -A ${HOOKS}`)).toBe('50-mdev-preflight');
    expect(read(HOOK)).not.toContain(PREVIOUS_MARK);
    expect(read(CONFIG)).not.toContain(PREVIOUS_MARK);
    expect(await manager.verify(root)).toBe('');
    expect(await root.sh('systemctl is-enabled mdev-preflight.service')).toBe('enabled');
    await manager.remove(root);
    await manager.purge?.(root);
    expect(root.changes()).toStrictEqual(before);
  });

  test('keeps what an administrator changed, and puts no second hook beside an edited one', async () => {
    await manager.install(root, previous);
    await root.sh(`echo 'deadline_seconds = 20' >>${CONFIG}; echo '# mine' >>${HOOK}`);
    await root.sh('systemctl --quiet disable mdev-preflight.service');
    await manager.install(root, current);
    expect(read(CONFIG)).toContain('deadline_seconds = 20');
    expect(await root.sh(`ls -A ${HOOKS}`)).toBe('50-mdev-preflight');
    expect(read(HOOK)).toBe(readFileSync('hooks/qemu', 'utf8'));
    expect(await root.sh('systemctl is-enabled mdev-preflight.service || :')).toBe('disabled');
  });

  test('takes the place of files that were installed by hand', async () => {
    await root.sh(`mkdir -p ${HOOKS}; echo '#!/bin/sh' >${HOOK}; chmod 755 ${HOOK}`);
    await manager.install(root, current);
    expect(await root.sh(`ls -A ${HOOKS}`)).toBe('50-mdev-preflight');
    expect(await manager.verify(root)).toBe('');
  });

  test('says nothing of its own while it is installed and removed', async () => {
    const said = `${await manager.install(root, current)}\n${await manager.remove(root)}`;
    // dpkg names each step, and the link that enables the service; whatever else is printed is a script that complains.
    const step = /^(?:\(Reading|Selecting|Preparing|Unpacking|Setting up|Processing triggers|Removing|Created symlink)/;
    expect(said.split('\n').filter((line) => line !== '' && !step.test(line))).toStrictEqual([]);
  });
});

describe('the RPM with the policy module', () => {
  let root: Root;
  beforeEach(async () => {
    root = await freshRoot(inject('system'));
  });
  afterEach(() => root.remove());

  // Where SELinux is enforced, a hook without it lets no guest start (docs/selinux.md). There is no SELinux here.
  test('comes before the hook, and goes after it', async () => {
    const { rpm: main, selinux } = inject('builds').current;
    const order = (said: string): (string | undefined)[] =>
      [...said.matchAll(/^(mdev-preflight(?:-selinux)?)-\d/gm)].map(([, name]) => name);
    const options = ['-v', '--nodeps', '--noscripts'];
    const both = ['mdev-preflight', 'mdev-preflight-selinux'];
    for (const files of [
      [main, selinux],
      [selinux, main],
    ]) {
      expect(order(await rpm(root, '--upgrade', ...options, ...files))).toStrictEqual([...both].reverse());
      expect(order(await rpm(root, '--erase', ...options, ...both))).toStrictEqual(both);
    }
  });

  test('is asked for where the policy is one that it is for', async () => {
    const requires = await rpm(root, '--query', '--requires', '--package', inject('builds').current.rpm);
    expect(requires).toMatch(/^\(mdev-preflight-selinux = .* if selinux-policy-targeted >= 40\)$/m);
  });

  test('gives rpmlint nothing to complain of', async () => {
    const [manager] = MANAGERS;
    expect(await manager?.lint(inject('builds').current.selinux)).toBe('');
  });
});
