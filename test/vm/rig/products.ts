// What the machines are made of.
import { execa } from 'execa';
import { cpSync, copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, fingerprint } from '../../cache.ts';
import { startMachine } from './machine.ts';

const IMAGE = 'test/vm/image';
const DRIVER = 'test/vm/driver';
const MODULE = 'gvt_sample.ko';

/** A directory with vmlinuz, initrd, disk.raw, key, and `build`, a tree in which modules for this kernel build. */
export function image(): Promise<string> {
  return cached('image', fingerprint(IMAGE), async (directory) => {
    await execa('sh', [join(IMAGE, 'build.sh'), directory], { stdio: 'inherit' });
  });
}

/** The kernel module. */
export async function driver(imageDirectory: string): Promise<string> {
  const tree = join(imageDirectory, 'build');
  const directory = await cached('driver', fingerprint(DRIVER) + builtAs(imageDirectory), async (into) => {
    const [kernel = ''] = readdirSync(join(tree, 'lib/modules'));
    const source = join(tree, 'root/driver');
    rmSync(source, { recursive: true, force: true });
    cpSync(DRIVER, source, { recursive: true });
    const make = ['make', '-C', `/lib/modules/${kernel}/build`, 'M=/root/driver', 'KCFLAGS=-Werror', 'modules'];
    // The directories that this environment names are not in that tree.
    const env = { PATH: '/usr/sbin:/usr/bin', LC_ALL: 'C' };
    await execa('chroot', [tree, ...make], { env, extendEnv: false, stdout: 'ignore', stderr: 'inherit' });
    copyFileSync(join(source, MODULE), join(into, MODULE));
  });
  return join(directory, MODULE);
}

/** A directory with alpha.qcow2 and beta.qcow2, in each a machine that is up and whose libvirt knows its QEMU. */
export function bootedMachines(imageDirectory: string): Promise<string> {
  // What the disks only add to, which they know by its full path.
  const base = join(imageDirectory, 'disk.raw');
  const made = fingerprint(join(import.meta.dirname, 'machine.ts'), import.meta.filename);
  return cached('machines', made + base + builtAs(imageDirectory), async (directory) => {
    const boot = async (name: string, number: 1 | 2): Promise<void> => {
      const disk = join(directory, `${name}.qcow2`);
      await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', base, disk]);
      const machine = await startMachine({ name, number, image: imageDirectory, disk, wire: directory, resume: false });
      // The first question makes libvirt probe QEMU, and the first Node comes from the disk: once is enough.
      for (const line of ['systemctl is-system-running --wait', 'virsh version', 'node -e 0', 'sync']) {
        const { status, stdout, stderr } = await machine.run(line);
        if (status !== 0) throw new Error(`${name}: ${line}: ${stdout}${stderr}`);
      }
      await machine.saveAndQuit();
    };
    await Promise.all([boot('alpha', 1), boot('beta', 2)]);
  });
}

// Two images of the same recipe are not the same: each has keys of its own.
function builtAs(imageDirectory: string): string {
  return readFileSync(join(imageDirectory, 'key.pub'), 'utf8');
}
