// libvirt through its own command line (docs/decisions/0005-virsh.md). No shell; guests by UUID, behind
// --domain, for virsh takes a name like `1` for an id.
import { parseUuid, type Uuid } from '../model/uuid.ts';
import { parseEvent } from './event.ts';
import { execa, ExecaError, type Options } from './execa.ts';
import { failureOf } from './failure.ts';
import { leadsElsewhere } from './local.ts';
import type { Libvirt, LibvirtFailure, Libvirts, ListedGuest } from './port.ts';
import { parseVersions } from './versions.ts';

// libvirt gives up waiting for a job after 30 s (src/qemu/qemu_domainjob.c, QEMU_JOB_WAIT_TIME); a daemon
// that says nothing for longer hangs.
const LONGEST_CALL = 40_000;

const OPTIONS = {
  // Its words are read: no locale may change them, and nothing be said between them.
  env: { LC_ALL: 'C', LIBVIRT_DEBUG: undefined, VIRSH_DEBUG: undefined },
  stdin: 'ignore',
  stripFinalNewline: false,
  timeout: LONGEST_CALL,
  maxBuffer: 64 * 1024 * 1024,
} as const satisfies Options;

/** `uri` goes to virsh as it is. `signal` ends every call that is under way. */
export function virsh(uri: string, signal?: AbortSignal): Libvirt {
  const args = (words: readonly string[]): string[] => ['--quiet', '--connect', uri, ...words];
  const cancel = signal === undefined ? {} : { cancelSignal: signal };

  const call = async (...words: string[]): Promise<Libvirts<string>> => {
    try {
      const { stdout } = await execa('virsh', args(words), { ...OPTIONS, ...cancel });
      return { ok: true, value: stdout };
    } catch (error) {
      return { ok: false, failure: failureFrom(error) };
    }
  };

  return {
    async connects() {
      const found = await call('uri');
      if (found.ok && leadsElsewhere(found.value)) return { ok: false, failure: elsewhere(found.value) };
      return map(found, () => null);
    },
    async versions() {
      return map(await call('version', '--daemon'), parseVersions);
    },
    async guests(which) {
      const more = {
        running: [],
        persistent: ['--all', '--persistent'],
        saved: ['--all', '--with-managed-save'],
        all: ['--all'],
      }[which];
      const listed = await call('list', '--uuid', '--name', ...more);
      return map(listed, parseList);
    },
    xml: (guest, which) => call('dumpxml', '--domain', guest, ...(which === 'config' ? ['--inactive'] : [])),
    async busy(guest) {
      const told = await call('domjobinfo', '--domain', guest);
      if (!told.ok) {
        // A driver that knows no jobs, as libvirt's own test driver.
        if (told.failure.text.includes('not supported by the connection driver')) return { ok: true, value: false };
        // A guest that is arriving (src/qemu/qemu_driver.c, qemuDomainGetJobStatsInternal).
        if (told.failure.text.includes('available only on the source host')) return { ok: true, value: true };
      }
      // `Job type:         None` where there is none (tools/virsh-domain.c, cmdDomjobinfo).
      return map(told, (text) => !/^Job type:\s+None\s*$/m.test(text));
    },
    async setMetadata(guest, where, namespace, element) {
      const change = element === null ? ['--remove'] : ['--key', namespace.prefix, '--set', element];
      const done = await call('metadata', '--domain', guest, '--uri', namespace.uri, `--${where}`, ...change);
      return map(done, () => null);
    },
    async watch({ ready, event }) {
      // Two commands on one connection: the URI is printed once there is one, and the second follows at once.
      const child = execa('virsh', args(['uri; event --all --loop --timestamp']), {
        ...OPTIONS,
        ...cancel,
        timeout: 0,
        buffer: { stdout: false },
      });
      let refused: LibvirtFailure | null = null;
      try {
        let connected = false;
        for await (const line of child) {
          if (connected) {
            const told = parseEvent(line);
            if (told !== null) event(told);
          } else if (line !== '') {
            if (leadsElsewhere(line)) {
              refused = elsewhere(line);
              child.kill();
              break;
            }
            connected = true;
            ready();
          }
        }
        await child;
        return refused ?? { kind: 'unreachable', text: 'virsh ended' };
      } catch (error) {
        // Leaving the loop waits for the child, which was ended by a signal: that is an error too.
        return refused ?? failureFrom(error);
      }
    },
  };
}

function elsewhere(uri: string): LibvirtFailure {
  return { kind: 'elsewhere', text: uri.trim() };
}

function map<A, B>(result: Libvirts<A>, change: (value: A) => B): Libvirts<B> {
  return result.ok ? { ok: true, value: change(result.value) } : result;
}

// A name may hold line ends: a line that does not begin with a UUID belongs to the name before it.
function parseList(text: string): ListedGuest[] {
  return text.split('\n').flatMap((line) => {
    const [, first = '', name = ''] = /^([0-9a-f-]{36}) (.*)$/.exec(line) ?? [];
    const uuid: Uuid | null = parseUuid(first);
    return uuid === null ? [] : [{ uuid, name }];
  });
}

function failureFrom(error: unknown): LibvirtFailure {
  if (!(error instanceof ExecaError)) throw error;
  if (error.code === 'ENOENT') return { kind: 'no-virsh', text: 'virsh is not on PATH' };
  if (error.timedOut) return { kind: 'unreachable', text: `no answer within ${String(LONGEST_CALL / 1000)} s` };
  if (error.isCanceled) return { kind: 'failed', text: 'it was ended' };
  if (error.code === 'E2BIG') return { kind: 'failed', text: "the stamp is too long for virsh's command line" };
  const said = typeof error.stderr === 'string' ? error.stderr : '';
  if (said.trim() !== '') return failureOf(said);
  return { kind: 'failed', text: `virsh ended with ${String(error.signal ?? error.exitCode ?? error.code)}` };
}
