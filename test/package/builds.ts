// The packages that the stories install: this release, built twice, and a made-up one before it.
import { execa } from 'execa';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

export async function buildAll(directory: string): Promise<Builds> {
  const epoch = { SOURCE_DATE_EPOCH: '1700000000' };
  const current = await buildPackages('.', join(directory, 'current'), epoch);
  const other = { ...epoch, TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8', HOME: '/nonexistent', USER: 'somebody' };
  const again = await buildPackages('.', join(directory, 'again'), other, 'umask 077');
  return {
    current,
    again,
    previous: await buildPackages(await previousSources(directory), join(directory, 'previous'), epoch),
  };
}

/** Builds them of `sources` into the directory, without running the tests. */
export async function buildPackages(
  sources: string,
  into: string,
  env: Readonly<Record<string, string>> = {},
  before = ':',
): Promise<Packages> {
  const scripts = [`sh packaging/rpm.sh ${into} --nocheck`, `DEB_BUILD_OPTIONS=nocheck sh packaging/deb.sh ${into}`];
  for (const script of scripts)
    await execa('sh', ['-euc', `${before}; ${script}`], { cwd: sources, env, stdout: 'ignore', stderr: 'inherit' });
  const files = readdirSync(into);
  const file = (pattern: RegExp): string =>
    join(into, files.find((name) => pattern.test(name)) ?? never(pattern, files));
  return {
    rpm: file(/^mdev-preflight-\d.*noarch\.rpm$/),
    selinux: file(/^mdev-preflight-selinux-.*noarch\.rpm$/),
    deb: file(/^mdev-preflight_\d.*_all\.deb$/),
  };
}

async function previousSources(directory: string): Promise<string> {
  const sources = join(directory, 'previous-sources');
  mkdirSync(sources);
  const { stdout } = await execa('git', ['ls-files']);
  await execa('cp', ['--parents', ...stdout.split('\n'), sources]);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  for (const file of ['package.json', 'packaging/mdev-preflight.spec', 'packaging/debian/changelog']) {
    const text = readFileSync(join(sources, file), 'utf8');
    writeFileSync(join(sources, file), text.replace(version, PREVIOUS_VERSION));
  }
  for (const file of ['hooks/qemu', 'packaging/config.toml']) appendFileSync(join(sources, file), `${PREVIOUS_MARK}\n`);
  await execa('git', ['init', '--quiet'], { cwd: sources });
  await execa('git', ['add', '--all'], { cwd: sources });
  // Not among what git knows: that goes into the packages' sources.
  symlinkSync(join(process.cwd(), 'node_modules'), join(sources, 'node_modules'));
  return sources;
}

function never(pattern: RegExp, files: readonly string[]): never {
  throw new Error(`none of ${files.join(', ')} is ${String(pattern)}`);
}
