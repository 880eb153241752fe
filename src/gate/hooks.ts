// What libvirt would run as its qemu hook (src/util/virhook.c): the file `qemu`, then every file of `qemu.d`,
// in byte order. Regular files with an x bit, symbolic links followed; their names do not matter.
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { attempt, below, isAbsent, shownPath } from './files.ts';

const DIRECTORY = '/etc/libvirt/hooks';

/** How a copy of hooks/qemu is told from other scripts: its second line begins so. */
const MARK = "\n# mdev-preflight: libvirt's qemu hook";
// Longer than any hook script; one that is longer is not ours.
const LONGEST_SCRIPT = 256 * 1024;

export interface HookFile {
  /** As libvirt names it. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'other' | 'broken-link' | 'unknown';
  /** What it leads to, where it is a symbolic link. */
  readonly link: string | null;
  /** Any x bit: what access(2) asks of root. */
  readonly executable: boolean;
  /** The last change of the file, its mode or its name (ctime), and of the link to it; milliseconds since 1970. */
  readonly changed: number;
  /** Whether it is a copy of this program's hook, of whatever release; null where it cannot be read. */
  readonly ours: boolean | null;
  /** Whether it is the same, byte for byte, as the one it was compared with; null where that is not known. */
  readonly current: boolean | null;
}

export interface HookFiles {
  /** In the order in which libvirt runs them. */
  readonly files: readonly HookFile[];
  /** What could not be looked into. */
  readonly unreadable: readonly { readonly path: string; readonly error: string }[];
}

/** `script`: the hook of this very program, if it is there. */
export function readHooks(root: string, script: Buffer | null): HookFiles {
  const files: HookFile[] = [];
  const unreadable: { path: string; error: string }[] = [];
  const look = (path: string): void => {
    const found = attempt(() => lookAt(root, path, script));
    if (!found.ok && !isAbsent(found.error)) unreadable.push({ path, error: found.error });
    else if (found.ok) files.push(found.value);
  };
  look(`${DIRECTORY}/qemu`);
  const listed = attempt(() => readdirSync(below(root, `${DIRECTORY}/qemu.d`)));
  if (!listed.ok && listed.error !== 'ENOENT') unreadable.push({ path: `${DIRECTORY}/qemu.d`, error: listed.error });
  const names = listed.ok ? listed.value.map((name) => Buffer.from(name)).sort((a, b) => a.compare(b)) : [];
  for (const name of names) look(`${DIRECTORY}/qemu.d/${name.toString()}`);
  return { files, unreadable };
}

function lookAt(root: string, path: string, script: Buffer | null): HookFile {
  const place = below(root, path);
  const itself = lstatSync(place);
  const link = itself.isSymbolicLink() ? leadsTo(root, place) : null;
  const seen = { path, link, executable: false, changed: itself.ctimeMs, ours: false, current: null } as const;
  const behind = attempt(() => statSync(place));
  if (!behind.ok)
    return isAbsent(behind.error) ? { ...seen, kind: 'broken-link' } : { ...seen, kind: 'unknown', ours: null };
  const file = behind.value;
  if (!file.isFile()) return { ...seen, kind: file.isDirectory() ? 'directory' : 'other' };
  const executable = (file.mode & 0o111) !== 0;
  const changed = Math.max(itself.ctimeMs, file.ctimeMs);
  const plain = { ...seen, kind: 'file', executable, changed } as const;
  if (file.size > LONGEST_SCRIPT) return plain;
  const bytes = attempt(() => readFileSync(place));
  if (!bytes.ok) return { ...plain, ours: null };
  return { ...plain, ours: isOurs(bytes.value.toString('latin1')), current: script?.equals(bytes.value) ?? null };
}

function leadsTo(root: string, link: string): string {
  const end = attempt(() => realpathSync(link));
  return shownPath(root, end.ok ? end.value : readlinkSync(link));
}

function isOurs(text: string): boolean {
  return text.startsWith('#!') && text.slice(text.indexOf('\n')).startsWith(MARK);
}
