// Fresh systems to install into: a small Debian with libvirt and QEMU, of which every story gets a layer of its own.
import { execa } from 'execa';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, fingerprint } from '../cache.ts';

const RECIPE = 'test/package/system.sh';
const ENTER = 'test/package/enter.sh';

/** The directory of the Debian that all fresh systems are layers of. */
export async function freshSystem(): Promise<string> {
  const directory = await cached('system', fingerprint(RECIPE), async (into) => {
    await execa('sh', [RECIPE, into], { stdio: 'inherit' });
  });
  return join(directory, 'root');
}

interface Outcome {
  readonly status: number | undefined;
  /** Both streams. */
  readonly said: string;
}

export interface Root {
  /** A line for a shell in it. Throws where it fails. */
  sh(line: string): Promise<string>;
  /** Runs a command of this machine with the root as its `/`, in this machine's namespaces but for that of mounts. */
  enter(command: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
  /** The directory, as this machine sees it. */
  readonly directory: string;
  /** What is there that was not (`+`), is otherwise than it was (`~`), or is gone (`-`). */
  changes(): string[];
  remove(): Promise<void>;
}

/** A new layer on the system. */
export async function freshRoot(system: string): Promise<Root> {
  const home = mkdtempSync(join(tmpdir(), 'root-'));
  // What it writes must not itself be on an overlay.
  await execa('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', home]);
  const [upper, work, directory] = [join(home, 'upper'), join(home, 'work'), join(home, 'root')];
  for (const place of [upper, work, directory]) mkdirSync(place);
  const layers = `lowerdir=${system},upperdir=${upper},workdir=${work}`;
  await execa('mount', ['-t', 'overlay', '-o', layers, 'overlay', directory]);
  const enter: Root['enter'] = async (command, env = {}) => {
    // Not this machine's environment.
    const clean = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...env };
    const options = { env: clean, extendEnv: false, all: true, reject: false } as const;
    const { exitCode, all } = await execa('sh', [ENTER, directory, ...command], options);
    return { status: exitCode, said: all };
  };
  return {
    directory,
    enter,
    async sh(line) {
      const { status, said } = await enter(['sh', '-euc', line]);
      if (status !== 0) throw new Error(`${line}: status ${String(status)}: ${said}`);
      return said;
    },
    changes: () => changesIn(upper, system, ''),
    async remove() {
      await execa('umount', ['-l', directory]);
      await execa('umount', ['-l', home]);
      rmSync(home, { recursive: true });
    },
  };
}

// What package managers and their tools write about themselves.
const ACCOUNTS = /^\/var\/(?:log|(?:lib|cache)\/(?:dpkg|rpm|apt|man|systemd|debconf))(?:\/|$)/;

function changesIn(upper: string, lower: string, path: string): string[] {
  return readdirSync(join(upper, path)).flatMap((name) => {
    const here = `${path}/${name}`;
    if (ACCOUNTS.test(here)) return [];
    const now = lstatSync(join(upper, here));
    const was = lstatSync(join(lower, here), { throwIfNoEntry: false });
    // What an overlay remembers of a file that is gone.
    if (now.isCharacterDevice() && now.rdev === 0) return [`-${here}`];
    const own = was === undefined ? [`+${here}`] : same(join(upper, here), join(lower, here)) ? [] : [`~${here}`];
    return now.isDirectory() ? [...own, ...changesIn(upper, lower, here)] : own;
  });
}

function same(one: string, other: string): boolean {
  const [a, b] = [lstatSync(one), lstatSync(other)];
  if (a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return false;
  if (a.isSymbolicLink()) return readlinkSync(one) === readlinkSync(other);
  return !a.isFile() || readFileSync(one).equals(readFileSync(other));
}
