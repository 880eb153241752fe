// A host of a rig: a libvirtd of its own, on a simulated host.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MountedHost } from '../../fuse/mount.ts';
import { CONFIG_FILE, DAEMON_LOG, JOURNAL } from './configuration.ts';
import { type CommandOptions, type CommandResult, run, type RunningCommand, start } from './enter.ts';
import { installHook } from './installation.ts';
import { standInLibrary } from './stand-in.ts';

const DAEMON_PID_FILE = '/run/libvirtd.pid';

export interface LiveHost {
  readonly name: string;
  /** What other hosts of the rig name it by: `virsh migrate --live GUEST URI`. */
  readonly uri: string;
  /** Its devices and drivers, and what they saw. */
  readonly sim: MountedHost;
  /** `virsh -c qemu:///system …` on this host. */
  virsh(...args: readonly string[]): Promise<CommandResult>;
  /** Any command on this host, with a small clean environment, in the repository's directory. */
  run(command: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** A command that is left running. */
  spawn(command: readonly string[], options?: CommandOptions): RunningCommand;
  /** As the package does. libvirtd sees a first hook only when it starts, or at SIGHUP. */
  installHook(): void;
  writeFile(path: string, text: string, mode?: number): void;
  readFile(path: string): string;
  removeFile(path: string): void;
  /** The configuration file of mdev-preflight. */
  configure(toml: string): void;
  /** Ends libvirtd, and waits until it is gone; its guests go on. */
  stopDaemon(signal?: NodeJS.Signals): Promise<void>;
  /** Starts libvirtd, and waits until it answers. */
  startDaemon(): Promise<void>;
  daemonLog(): string;
  /** What the hook told the journal: the words of `logger`, a line a call. */
  journal(): string[];
  clearJournal(): void;
  /** Defines a guest, see guest.ts. */
  define(xml: string): Promise<void>;
  /** Defines a guest and starts it. */
  boot(xml: string): Promise<void>;
  /** Ends and forgets every guest. */
  clear(): Promise<void>;
  /** `running`, `shut off`, …; null where there is no such guest. */
  domainState(guest: string): Promise<string | null>;
  /** The domain XML; of a guest that runs, the live one. */
  liveXml(guest: string): Promise<string>;
}

/** `pid`: the first process of the host. */
export function liveHost(name: string, pid: number, sim: MountedHost): LiveHost {
  // This machine's view of the host's files.
  const root = `/proc/${String(pid)}/root`;
  const inside = (command: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
    run(pid, command, options);
  const virsh = (...args: readonly string[]): Promise<CommandResult> =>
    inside(['virsh', '-c', 'qemu:///system', ...args]);
  const text = (path: string): string => (existsSync(`${root}${path}`) ? readFileSync(`${root}${path}`, 'utf8') : '');
  const host: LiveHost = {
    name,
    uri: `qemu+tcp://${name}/system`,
    sim,
    virsh,
    run: inside,
    spawn: (command, options) => start(pid, command, options),
    installHook() {
      installHook(root);
    },
    writeFile(path, content, mode = 0o644) {
      mkdirSync(dirname(`${root}${path}`), { recursive: true });
      writeFileSync(`${root}${path}`, content);
      chmodSync(`${root}${path}`, mode);
    },
    readFile: (path) => readFileSync(`${root}${path}`, 'utf8'),
    removeFile(path) {
      rmSync(`${root}${path}`, { recursive: true, force: true });
    },
    configure(toml) {
      host.writeFile(CONFIG_FILE, toml);
    },
    async stopDaemon(signal = 'SIGTERM') {
      const daemon = text(DAEMON_PID_FILE).trim();
      await inside(['kill', '-s', signal.slice('SIG'.length), daemon]);
      while (existsSync(`${root}/proc/${daemon}/exe`)) await new Promise((done) => setTimeout(done, 10));
    },
    async startDaemon() {
      const daemon = ['libvirtd', '--daemon', '--listen'];
      const started = await inside(daemon, { cwd: '/', env: { LD_PRELOAD: standInLibrary() } });
      // It answers nobody before its drivers are up.
      const answered = started.status === 0 ? await virsh('version') : started;
      if (answered.status !== 0)
        throw new Error(`libvirtd of ${name} does not answer: ${answered.stderr}\n${host.daemonLog()}`);
    },
    daemonLog: () => text(DAEMON_LOG),
    journal: () => text(JOURNAL).split('\n').slice(0, -1),
    clearJournal() {
      host.removeFile(JOURNAL);
    },
    async define(xml) {
      const file = `/run/rig/${uuidOf(xml)}.xml`;
      host.writeFile(file, xml);
      succeeded(await virsh('define', file));
    },
    async boot(xml) {
      await host.define(xml);
      succeeded(await virsh('start', uuidOf(xml)));
    },
    async clear() {
      const guests = succeeded(await virsh('list', '--all', '--uuid')).split('\n');
      for (const guest of guests.filter((line) => line !== '')) {
        await virsh('destroy', guest);
        // A guest that was not persistent is gone by now.
        await virsh('undefine', '--managed-save', guest);
      }
    },
    async domainState(guest) {
      const { status, stdout } = await virsh('domstate', guest);
      return status === 0 ? stdout.trim() : null;
    },
    liveXml: async (guest) => succeeded(await virsh('dumpxml', '--security-info', guest)),
  };
  return host;
}

function uuidOf(xml: string): string {
  return /<uuid>(.*)<\/uuid>/.exec(xml)?.[1] ?? '';
}

function succeeded({ status, stdout, stderr }: CommandResult): string {
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
