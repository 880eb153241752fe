// A host with two graphics cards that can be cut into mdevs: one of the two machines, with the driver loaded.
import { gpu, type Gpu } from './gpu.ts';
import type { CommandResult, Machine } from './machine.ts';
import type { MachinePackage } from './package.ts';

export interface VmHost {
  readonly name: string;
  /** The ssh command that gives a person root's shell on it. */
  readonly shell: string;
  /** 0000:00:10.0 */
  readonly gpu: Gpu;
  /** 0000:00:11.0 */
  readonly otherGpu: Gpu;
  /** A line for root's shell. */
  sh(line: string, input?: string): Promise<CommandResult>;
  /** What it prints; throws where it fails. */
  output(line: string): Promise<string>;
  /** The configuration file of mdev-preflight. */
  configure(toml: string): Promise<void>;
  /** Installs the package, or upgrades to it; the rest is the package's to do. */
  install(): Promise<void>;
  remove(): Promise<void>;
  /** Defines the guest, and starts it. */
  boot(xml: string): Promise<void>;
  /** Ends and forgets all guests and all mdevs, and lets both drivers have their defaults again. */
  clear(): Promise<void>;
  /** `running`, `shut off`, …; null where there is no such guest. */
  state(guest: string): Promise<string | null>;
}

// Emulated, Node takes seconds to start where it takes milliseconds; the default of 10 s is for real machines.
const PATIENT = 'deadline_seconds = 60\n';

export function vmHost(name: string, machine: Machine, installed: MachinePackage): VmHost {
  const output = async (line: string, input?: string | Uint8Array): Promise<string> => {
    const { status, stdout, stderr } = await machine.run(line, input);
    if (status !== 0) throw new Error(`${name}: ${line}: status ${String(status)}: ${stderr}${stdout}`);
    return stdout;
  };
  const gpus = [gpu('0000:00:10.0', output), gpu('0000:00:11.0', output)] as const;
  const host: VmHost = {
    name,
    shell: machine.shell,
    gpu: gpus[0],
    otherGpu: gpus[1],
    sh: (line, input) => machine.run(line, input),
    output: (line) => output(line),
    async configure(toml) {
      await output('mkdir -p /etc/mdev-preflight && cat >/etc/mdev-preflight/config.toml', toml);
    },
    async install() {
      await host.configure(PATIENT);
      await output(installed.install, installed.file);
    },
    async remove() {
      await output(installed.remove);
    },
    async boot(xml) {
      await output('cat >/root/guest.xml && virsh define /root/guest.xml', xml);
      await output(`virsh start ${/<name>(.*)<\/name>/.exec(xml)?.[1] ?? ''}`);
    },
    async clear() {
      await output(
        `virsh list --all --name | while read -r guest && [ -n "$guest" ]; do
  virsh destroy "$guest"; virsh undefine --managed-save "$guest"
done
for device in /sys/bus/mdev/devices/*; do [ ! -e "$device" ] || echo 1 >"$device/remove"; done
rm -f /var/log/libvirt/qemu/*.log
dmesg --clear`,
      );
      await host.configure(PATIENT);
      await Promise.all(gpus.map((one) => one.reset()));
    },
    async state(guest) {
      const { status, stdout } = await machine.run(`virsh domstate ${guest}`);
      return status === 0 ? stdout.trim() : null;
    },
  };
  return host;
}
