// Runs the hook as libvirt does (src/util/virhook.c, virRunScript): five words, the domain XML on standard input,
// the daemon's PATH and LC_ALL=C, under its AppArmor profile, in /. The guest is made up, and so is its mdev: no host
// has it.
import { randomUUID } from 'node:crypto';
import type { Ended, SearchPath, SelfTest } from '../doctor/facts.ts';
import { runProgram } from './run-program.ts';

// The hook's own deadline is 10 s, or what the configuration says, and no driver is asked here.
const LONGEST_TEST = 30_000;

const NAME = 'mdev-preflight-doctor';

/** `place`: where the hook is; `hook`: how people know it. */
export async function testHook(
  place: string,
  hook: string,
  { path, profile }: Pick<SearchPath, 'path' | 'profile'>,
): Promise<SelfTest> {
  const run = (operation: string, input: string): Promise<Ended> =>
    runProgram(place, [NAME, operation, 'begin', '-'], {
      env: { PATH: path, LC_ALL: 'C' },
      input,
      profile,
      milliseconds: LONGEST_TEST,
    });
  const guest = guestXml(hostdev());
  const [withMdev, reconnect, withoutMdev] = await Promise.all([
    run('migrate', guest),
    run('reconnect', guest),
    run('migrate', guestXml('')),
  ]);
  return { hook, path, withMdev, reconnect, withoutMdev };
}

function guestXml(devices: string): string {
  return `<domain type='kvm'>
  <name>${NAME}</name>
  <uuid>${randomUUID()}</uuid>
  <devices>${devices}</devices>
</domain>
`;
}

function hostdev(): string {
  return `
    <hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci'>
      <source><address uuid='${randomUUID()}'/></source>
    </hostdev>
  `;
}
