// One virtual machine: a QEMU without KVM, and a root shell in it by ssh.
import { execa } from 'execa';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Machine {
  /** The ssh command that gives a person root's shell in it. */
  readonly shell: string;
  /** Runs a line for root's shell in the machine to its end. */
  run(line: string, input?: string | Uint8Array): Promise<CommandResult>;
  /** Saves the running machine, memory and all, into its disk, and ends it. */
  saveAndQuit(): Promise<void>;
  /** Ends it at once. */
  stop(): Promise<void>;
}

export interface MachineOptions {
  readonly name: string;
  /** Its place on the network between the two: 10.77.0.1 or 10.77.0.2. */
  readonly number: 1 | 2;
  /** Has vmlinuz, initrd, and key (image/build.sh). */
  readonly image: string;
  /** A qcow2 file of the machine's own. */
  readonly disk: string;
  /** The directory in which the machines find each other. */
  readonly wire: string;
  /** True: goes on from where saveAndQuit left it, and not from power-on. */
  readonly resume: boolean;
}

const SAVED_STATE = 'booted';
const PATIENCE_SECONDS = 300;

// Under emulation, what mitigates, calibrates or waits for hardware only takes time; and without address
// randomisation QEMU can use a translated program again, which halves the start of Node.
const KERNEL_OPTIONS =
  'root=/dev/vda rw console=ttyS0 quiet mitigations=off nokaslr panic=-1 random.trust_cpu=on tsc=reliable no_timer_check norandmaps net.ifnames=0 systemd.show_status=0';

/** Starts it and waits until it answers. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
  const own = mkdtempSync(join(tmpdir(), `${options.name}-`));
  const port = await freePort();
  // Where this process dies, so does the machine.
  const qemu = execa('setpriv', ['--pdeathsig', 'KILL', ...commandLine(options, port, own)], {
    reject: false,
    all: true,
  });
  // One connection for all commands: to make one takes longer than most of them.
  const ssh = ['-q', '-i', join(options.image, 'key'), '-p', String(port)].concat(
    Object.entries({
      ControlPath: join(own, 'ssh'),
      ControlMaster: 'auto',
      ControlPersist: 'yes',
      ConnectTimeout: '5',
      StrictHostKeyChecking: 'no',
      UserKnownHostsFile: '/dev/null',
    }).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
  );
  const address = 'root@127.0.0.1';
  const ended = async (): Promise<string> => {
    const { all } = await qemu;
    await execa('ssh', [...ssh, '-O', 'exit', address], { reject: false });
    rmSync(own, { recursive: true, force: true });
    return all;
  };
  const machine: Machine = {
    shell: ['ssh', ...ssh, address].join(' '),
    async run(line, input = '') {
      const { exitCode, stdout, stderr } = await execa('ssh', [...ssh, address, line], {
        input,
        reject: false,
        stripFinalNewline: false,
      });
      return { status: exitCode ?? SSH_FAILED, stdout, stderr };
    },
    async saveAndQuit() {
      qemu.stdin.write(`savevm ${SAVED_STATE}\nquit\n`);
      const told = await ended();
      if (/^Error/m.test(told)) throw new Error(`${options.name} could not be saved:\n${told}`);
    },
    async stop() {
      qemu.kill('SIGKILL');
      await ended();
    },
  };
  const patience = performance.now() + PATIENCE_SECONDS * 1000;
  while ((await machine.run('true')).status !== 0) {
    if (qemu.exitCode !== null) throw new Error(`QEMU of ${options.name} ended:\n${await ended()}`);
    if (performance.now() > patience) {
      await machine.stop();
      throw new Error(`${options.name} did not answer within ${String(PATIENCE_SECONDS)} s`);
    }
    await setTimeout(200);
  }
  return machine;
}

// What ssh ends with when it is at fault itself.
const SSH_FAILED = 255;

function commandLine({ name, number, image, disk, wire, resume }: MachineOptions, port: number, own: string): string[] {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const end = (side: string, of: number): string => `${side}.type=unix,${side}.path=${join(wire, String(of))}`;
  return [
    ['qemu-system-x86_64', '-name', name, '-uuid', id, '-nodefaults', '-no-user-config', '-display', 'none'],
    // One CPU: of two that QEMU 7.2 emulates at the same time, one was seen to panic on a breakpoint that the other, as
    // it patched the kernel's code, had just taken out again.
    ['-machine', 'q35', '-accel', 'tcg,tb-size=512', '-smp', '1', '-m', '1536'],
    // What Node and QEMU are compiled for.
    ['-cpu', 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand'],
    ['-kernel', join(image, 'vmlinuz'), '-initrd', join(image, 'initrd')],
    ['-append', `${KERNEL_OPTIONS} systemd.hostname=${name} systemd.machine_id=${id.replaceAll('-', '')}`],
    ['-drive', `file=${disk},if=virtio,format=qcow2,cache=unsafe`, '-device', 'virtio-rng-pci,addr=0x5'],
    ['-netdev', `user,id=control,restrict=on,hostfwd=tcp:127.0.0.1:${String(port)}-:22`],
    ['-device', 'virtio-net-pci,netdev=control,addr=0x6,mac=52:54:00:77:00:00,romfile='],
    // Datagrams: neither end need be there first, and a machine that was saved misses no connection.
    ['-netdev', `dgram,id=wire,${end('local', number)},${end('remote', 3 - number)}`],
    ['-device', `virtio-net-pci,netdev=wire,addr=0x7,mac=52:54:00:77:00:0${String(number)},romfile=`],
    // What test/vm/driver takes for graphics cards: two parents.
    ['-device', 'pci-testdev,addr=0x10', '-device', 'pci-testdev,addr=0x11'],
    ['-serial', `file:${join(own, 'console')}`, '-monitor', 'stdio'],
    resume ? ['-loadvm', SAVED_STATE] : [],
  ].flat();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no TCP port on the loopback interface');
  return address.port;
}
