// A machine in a temporary directory for `doctor`, in order until it is spoilt: its files, its processes, a libvirt
// in memory. The hook stands at hooks/qemu, where it finds its program beside it, in this very tree. Its PATH is
// a directory of the tree that the real machine has as well, by a link, for it is really run.
import { execaSync } from 'execa';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import type { RunGather } from '../../src/cli/gather-process.ts';
import { main } from '../../src/cli/main.ts';
import { PROGRAMS } from '../../src/doctor/facts.ts';
import type { Libvirts } from '../../src/libvirt/port.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Uuid } from '../../src/model/uuid.ts';
import { gather } from '../../src/preflight/gather.ts';
import { survey } from '../../src/preflight/survey.ts';
import { FIRST_MDEV, gvtHost, guestXml } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { type Entry, processFiles, put, script } from '../gate/tree.ts';
import { NODE } from '../node/under-test.ts';
import { stampOn } from '../preflight/exchange.ts';
import { MemoryLibvirt } from '../preflight/memory-libvirt.ts';

export const HOOK = '/etc/libvirt/hooks/qemu';
export const OUR_SCRIPT = readFileSync('hooks/qemu', 'utf8');
/** The one guest, which runs, is stamped, and has a persistent definition without a stamp. */
export const GUEST = '22222222-aaaa-4bbb-8ccc-000000000002';

const HERE = gvtHost('beta', 1);
const BOOTED = 10_000;
const DAEMON = 9999991;

class Guests extends MemoryLibvirt {
  readonly persistent = new Map<string, string>();

  override xml(uuid: Uuid, which?: 'current' | 'config'): Promise<Libvirts<string>> {
    const definition = which === 'config' ? this.persistent.get(uuid) : undefined;
    return definition === undefined ? super.xml(uuid) : Promise.resolve({ ok: true, value: definition });
  }
}

export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'doctor-'));
  readonly libvirt = new Guests();
  superuser = true;

  constructor() {
    onTestFinished(() => {
      rmSync(this.root, { recursive: true, force: true });
    });
    const bin = join(this.root, this.bin());
    mkdirSync(bin, { recursive: true, mode: 0o755 });
    symlinkSync(bin, this.bin());
    for (const name of PROGRAMS) {
      const real = name === 'node' ? NODE : execaSync('sh', ['-c', `command -v ${name}`]).stdout;
      // The journal of who runs the tests is left alone.
      const body = name === 'logger' ? '' : `exec ${real} "$@"`;
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    }
    const program = readFileSync('dist/hook.cjs', 'utf8');
    this.put('/opt/hooks/qemu', script(OUR_SCRIPT));
    this.put('/opt/dist/hook.cjs', program);
    this.put('/etc/libvirt/dist/hook.cjs', program);
    this.put(HOOK, script(OUR_SCRIPT));
    this.put('/proc/uptime', `${String(BOOTED)} 1\n`);
    this.run(1, { name: 'systemd' });
    // In a moment: later than every hook.
    this.runDaemon(BOOTED + 3600);
    this.run(9999992, { name: 'node', words: ['node', '/usr/bin/mdev-preflight', 'stamp', '--all', '--follow'] });
    this.libvirt.add(GUEST, 'desktop-7', stampOn(HERE, guestXml('desktop-7', [FIRST_MDEV])));
    this.libvirt.persistent.set(GUEST, guestXml('desktop-7', [FIRST_MDEV]));
  }

  /** The directory that is the daemon's PATH. */
  bin(): string {
    return join(this.root, 'bin');
  }

  put(path: string, entry: Entry): void {
    put(this.root, path, entry);
  }

  place(path: string): string {
    return join(this.root, path);
  }

  /** `started`: seconds after the boot. */
  runDaemon(started: number): void {
    this.run(DAEMON, { name: 'libvirtd', started, environment: [`PATH=${this.bin()}`] });
  }

  run(...[pid, process]: Parameters<typeof processFiles>): void {
    for (const [path, entry] of Object.entries(processFiles(pid, process))) this.put(path, entry);
  }

  async doctor(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
    let [stdout, stderr] = ['', ''];
    const context: Context = {
      terminal: {
        out: (text) => (stdout += text),
        err: (text) => (stderr += text),
        read: () => Buffer.alloc(0),
        log: () => undefined,
      },
      run: onSimulatedHost,
      host: { name: 'beta', id: null },
      tool: { name: 'mdev-preflight', version: '0' },
      now: () => new Date(),
      journal: () => undefined,
      libvirt: () => Promise.resolve(this.libvirt),
      installation: { root: this.root, bundles: this.place('/opt/dist'), superuser: this.superuser },
      user: () => 'root',
      ended: () => new AbortController().signal,
    };
    const status = await main(['doctor', ...args], context, () => Promise.resolve(context));
    return { status, stdout, stderr };
  }

  /** What is not a PASS. */
  async findings(...args: string[]): Promise<{ status: number; notFine: Finding[] }> {
    const { status, stdout } = await this.doctor('--json', ...args);
    const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: Finding[] };
    expect(healthy).toBe(status === 0);
    return { status, notFine: checks.filter(({ result }) => result !== 'pass') };
  }

  /** Does what a remedy says, to the tree; a daemon that is not there needs no reload. */
  mend(remedy: string | null | undefined): void {
    const commands = (remedy ?? '')
      .replace(/ && (?:systemctl reload|kill -HUP) .*/, '')
      .replaceAll(/(?<= )\/(?=etc|usr|opt)/g, `${this.root}/`);
    execaSync('sh', ['-ec', commands]);
  }
}

const onSimulatedHost: RunGather = (request) => {
  const steps: object[] = [];
  const emit = (step: object): number => steps.push(step);
  const sysfs = simulatedSysfs(HERE);
  const options = { ask: false, kernelLog: false, expired: () => false };
  if (request.what === 'host') survey(sysfs, options.expired, emit);
  else gather(sysfs, request.cases, options, emit);
  return Promise.resolve({ steps, complete: true, gone: Promise.resolve() });
};
