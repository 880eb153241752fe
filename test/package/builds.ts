// The packages that the stories install: this release, built twice, and a made-up one before it.
import { execa } from 'execa';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Packages {
  readonly rpm: string;
  /** The RPM with the policy module. */
  readonly selinux: string;
  readonly deb: string;
}

export interface Builds {
  readonly current: Packages;
  /** The same, as another person would build it. */
  readonly again: Packages;
  /** An earlier version with another hook, program and configuration. */
  readonly previous: Packages;
}

const PREVIOUS_VERSION = '0.0.9';
/** The line by which its hook and its configuration differ. */
export const PREVIOUS_MARK = '# Of an earlier release.';

// Debian's user without rights.
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** `directory`: everybody may go through it. */
export async function buildAll(directory: string): Promise<Builds> {
  const env = { SOURCE_DATE_EPOCH: '1700000000' };
  const current = await buildPackages('.', join(directory, 'current'), { env });
  const copy = await copySources(directory, 'again');
  await execa('chown', ['-R', '65534:65534', copy]);
  const again = await buildPackages(copy, join(copy, 'build/packages'), {
    env: { ...env, TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8', HOME: '/nonexistent', TMPDIR: '/var/tmp' },
    as: [...NOBODY, 'sh', '-euc', 'umask 077; exec "$@"', 'sh'],
  });
  const earlier = await earlierSources(directory);
  return { current, again, previous: await buildPackages(earlier, join(directory, 'earlier'), { env }) };
}

interface Builder {
  readonly env?: Readonly<Record<string, string>>;
  /** The words before the command. */
  readonly as?: readonly string[];
}

/** Builds them of `sources` into the directory, without running the tests. */
export async function buildPackages(sources: string, into: string, { env, as = [] }: Builder = {}): Promise<Packages> {
  // env, for whoever else there is to call.
  const words = [...as, 'sh'];
  const options = { cwd: sources, stdout: 'ignore', stderr: 'inherit' } as const;
  await execa('env', [...words, 'packaging/rpm.sh', into, '--nocheck'], { ...options, env: { ...env } });
  const noCheck = { ...env, DEB_BUILD_OPTIONS: 'nocheck' };
  await execa('env', [...words, 'packaging/deb.sh', into], { ...options, env: noCheck });
  const files = readdirSync(into);
  const file = (pattern: RegExp): string =>
    join(into, files.find((name) => pattern.test(name)) ?? never(pattern, files));
  return {
    rpm: file(/^mdev-preflight-\d.*noarch\.rpm$/),
    selinux: file(/^mdev-preflight-selinux-.*noarch\.rpm$/),
    deb: file(/^mdev-preflight_\d.*_all\.deb$/),
  };
}

/** What git knows, in a repository of its own, which has been changed by `change`. */
async function copySources(
  directory: string,
  name: string,
  change: (sources: string) => void = () => undefined,
): Promise<string> {
  const sources = join(directory, `${name}-sources`);
  mkdirSync(sources);
  const { stdout } = await execa('git', ['ls-files']);
  await execa('cp', ['--parents', ...stdout.split('\n'), sources]);
  change(sources);
  await execa('git', ['init', '--quiet'], { cwd: sources });
  await execa('git', ['add', '--all'], { cwd: sources });
  // Not among what git knows, for that goes into the packages' sources. A copy: another user may not get at these.
  await execa('cp', ['-a', 'node_modules', sources]);
  return sources;
}

function earlierSources(directory: string): Promise<string> {
  return copySources(directory, 'earlier', (sources) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    for (const file of ['package.json', 'packaging/mdev-preflight.spec', 'packaging/debian/changelog']) {
      const text = readFileSync(join(sources, file), 'utf8');
      writeFileSync(join(sources, file), text.replace(version, PREVIOUS_VERSION));
    }
    for (const file of ['hooks/qemu', 'packaging/config.toml'])
      appendFileSync(join(sources, file), `${PREVIOUS_MARK}\n`);
  });
}

function never(pattern: RegExp, files: readonly string[]): never {
  throw new Error(`none of ${files.join(', ')} is ${String(pattern)}`);
}
