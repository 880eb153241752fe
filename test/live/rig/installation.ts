// Which mdev-preflight the stories run: that of this directory, or the one that a package has put onto this machine.
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whether it is the package's (test/package/stories.test.ts). */
export const PACKAGED = process.env['PACKAGED'] === '1';

/** The command line program, as the hosts of a rig call it in the repository's directory. */
export const COMMAND = PACKAGED ? '/usr/bin/mdev-preflight' : 'bin/mdev-preflight';

const HOOK = '/etc/libvirt/hooks/qemu.d/50-mdev-preflight';
const PROGRAM = '/usr/libexec/mdev-preflight/hook.cjs';

/** Installs the hook below `root`. The hosts share all of the machine's files but those of libvirt. */
export function installHook(root: string): void {
  const files = PACKAGED
    ? ([[HOOK, HOOK, 0o755]] as const)
    : ([
        ['hooks/qemu', HOOK, 0o755],
        ['dist/hook.cjs', PROGRAM, 0o644],
        ['dist/hook.compiled', PROGRAM.replace('cjs', 'compiled'), 0o644],
        ['dist/start.cjs', PROGRAM.replace('hook', 'start'), 0o644],
      ] as const);
  for (const [source, path, mode] of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    copyFileSync(source, file);
    chmodSync(file, mode);
  }
}
