// What an administrator types to install, upgrade and remove; and what a package manager knows of a package.
import { execa } from 'execa';
import type { Root } from './root.ts';

export interface Manager {
  readonly name: 'rpm' | 'deb';
  /** What the system lacks of one that has this package manager. */
  prepare(root: Root): Promise<unknown>;
  /** Installs the file, or upgrades to it. Gives what it said. */
  install(root: Root, file: string): Promise<string>;
  remove(root: Root): Promise<string>;
  /** Forgets the configuration, too; null where removing does it. */
  readonly purge: ((root: Root) => Promise<string>) | null;
  /** What of the installed files is not as it was packaged. */
  verify(root: Root): Promise<string>;
  /** What the distribution's checker finds, of whatever weight, beyond what packaging/ explains away. */
  lint(file: string): Promise<string>;
  /** The files of the installed package. */
  files(root: Root): Promise<string[]>;
}

// Debian 12's rpm warns of being used at all.
const DEBIAN_WARNS = /^rpm: (?:RPM should not be used directly|However assuming you know) .*\n?/gm;

// Nothing else in that system is an RPM, so its database cannot say what is there: without dependencies.
export const rpm = async (root: Root, ...words: readonly string[]): Promise<string> => {
  const options = ['--root', root.directory, '--dbpath', '/var/lib/rpm'];
  const { all, exitCode } = await execa('rpm', [...options, ...words], { all: true, reject: false });
  // What verifying finds is its answer, and no failure.
  if (exitCode !== 0 && words[0] !== '--verify') throw new Error(`rpm ${words.join(' ')}: ${all}`);
  return all.replace(DEBIAN_WARNS, '');
};

const dpkg = (root: Root, words: string): Promise<string> => root.sh(`DEBIAN_FRONTEND=noninteractive dpkg ${words}`);

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

export const MANAGERS: readonly Manager[] = [
  {
    name: 'rpm',
    // Fedora's filesystem package has the one, and none of its packages the other.
    prepare: (root) => root.sh('mkdir -p /usr/share/licenses; rmdir /etc/libvirt/hooks'),
    install: (root, file) => rpm(root, '--upgrade', '--nodeps', file),
    remove: (root) => rpm(root, '--erase', 'mdev-preflight'),
    purge: null,
    async lint(file) {
      const { stdout } = await execa('rpmlint', ['-c', 'packaging/rpmlint.toml', file], { reject: false });
      return lines(stdout)
        .filter((line) => /: [EWI]: | has taken /.test(line) && !line.includes(' 0 errors, 0 warnings,'))
        .join('\n');
    },
    verify: (root) => rpm(root, '--verify', '--nodeps', 'mdev-preflight'),
    files: async (root) => lines(await rpm(root, '--query', '--list', 'mdev-preflight')),
  },
  {
    name: 'deb',
    prepare: () => Promise.resolve(),
    async install(root, file) {
      await execa('cp', [file, `${root.directory}/var/cache/apt/mdev-preflight.deb`]);
      // As apt does where nobody answers: an edited configuration stays.
      return dpkg(root, '--force-confold --install /var/cache/apt/mdev-preflight.deb');
    },
    remove: (root) => dpkg(root, '--remove mdev-preflight'),
    lint: async (file) => {
      // Informational tags, too; not those that only the strictest would like.
      const options = ['--allow-root', '--display-info', '--tag-display-limit', '0', file];
      const { stdout } = await execa('lintian', options, { reject: false });
      return stdout;
    },
    purge: (root) => dpkg(root, '--purge mdev-preflight'),
    verify: (root) => dpkg(root, '--verify mdev-preflight'),
    // It does not follow /lib to /usr/lib.
    files: async (root) =>
      lines(await dpkg(root, '--listfiles mdev-preflight')).map((it) => it.replace(/^\/lib\//, '/usr/lib/')),
  },
];
