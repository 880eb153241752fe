// A machine's files in a temporary directory.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export type Entry =
  string | { readonly text: string; readonly mode: number } | { readonly link: string } | typeof DIRECTORY;

export const DIRECTORY = { directory: true } as const;

/** A root directory with these files, by their path on the machine; removed when the test ends. Text is executable only where its mode says so. */
export function machine(entries: Readonly<Record<string, Entry>>): string {
  const root = mkdtempSync(join(tmpdir(), 'machine-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  for (const [path, entry] of Object.entries(entries)) put(root, path, entry);
  return root;
}

/** Adds one, or replaces a file. */
export function put(root: string, path: string, entry: Entry): void {
  const place = join(root, path);
  if (typeof entry === 'object' && 'directory' in entry) {
    mkdirSync(place, { recursive: true, mode: 0o755 });
    return;
  }
  mkdirSync(dirname(place), { recursive: true, mode: 0o755 });
  rmSync(place, { force: true });
  if (typeof entry === 'object' && 'link' in entry) symlinkSync(entry.link, place);
  else {
    const { text, mode } = typeof entry === 'string' ? { text: entry, mode: 0o644 } : entry;
    writeFileSync(place, text);
    chmodSync(place, mode);
  }
}

export const script = (text: string): Entry => ({ text, mode: 0o755 });

interface Process {
  readonly name: string;
  /** Real, effective, saved, of the file system; root's where they are left out. */
  readonly uids?: readonly [number, number, number, number];
  /** Where /proc/PID/exe leads; null: it cannot be read. */
  readonly program?: string | null;
  /** Seconds after the boot. */
  readonly started?: number;
  readonly state?: string;
  readonly environment?: readonly string[];
  readonly words?: readonly string[];
  readonly root?: string;
  readonly label?: string;
}

/** What /proc has of a process. */
export function processFiles(pid: number, it: Process): Record<string, Entry> {
  const {
    name,
    uids = [0, 0, 0, 0],
    program = `/usr/sbin/${name}`,
    started = 0,
    state = 'S',
    environment = [],
    words = [name],
    label,
  } = it;
  const between = Array.from({ length: 18 }, () => '0').join(' ');
  const zeroed = (strings: readonly string[]): string => strings.map((string) => `${string}\0`).join('');
  return {
    [`/proc/${String(pid)}/stat`]: `${String(pid)} (${name}) ${state} ${between} ${String(started * 100)} 0 0\n`,
    [`/proc/${String(pid)}/status`]: `Name:\t${name}\nUid:\t${uids.join('\t')}\nGid:\t0\t0\t0\t0\n`,
    ...(program === null ? {} : { [`/proc/${String(pid)}/exe`]: { link: program } }),
    [`/proc/${String(pid)}/environ`]: zeroed(environment),
    [`/proc/${String(pid)}/cmdline`]: zeroed(words),
    [`/proc/${String(pid)}/root`]: { link: it.root ?? '../..' },
    ...(label === undefined ? {} : { [`/proc/${String(pid)}/attr/current`]: label }),
  };
}
