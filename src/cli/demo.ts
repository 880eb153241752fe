// `mdev-preflight demo`: the whole exchange between two simulated hosts, in this process.
import { DEFAULT_CONFIG } from '../config/config.ts';
import { concludeGuest } from '../hook/hook.ts';
import type { HookReply } from '../hook/reply.ts';
import type { HostIdentity } from '../model/stamp.ts';
import { gather } from '../preflight/gather.ts';
import { foundMdevs, readGuest, restamp } from '../preflight/guest.ts';
import type { Progress } from '../preflight/progress.ts';
import { FIRST_MDEV, guestXml, gvtHost, SECOND_MDEV } from '../simulation/examples.ts';
import { simulatedSysfs } from '../simulation/memory-io.ts';
import type { SimulatedHost } from '../simulation/description.ts';
import { type Call, UsageError } from './arguments.ts';
import type { Context } from './context.ts';

export function demo(call: Call, { terminal, now }: Context): number {
  if (call.words.length > 0) throw new UsageError('demo takes no words');
  const say = (text: string): void => {
    terminal.out(`${text}\n`);
  };
  const source = gvtHost('alpha', 1);
  const same = gvtHost('beta', 1);
  const changed = gvtHost('beta', 2);

  say(`Two simulated hosts, 'alpha' and 'beta', each with a GPU at 0000:00:02.0 and two mdevs.
The guest 'desktop-7' runs on 'alpha' with both.

[alpha]$ mdev-preflight stamp desktop-7
`);
  const stamped = stampOn(source, guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]), now());
  say(indent(/<mdev-preflight:stamp[^]*<\/mdev-preflight:stamp>/.exec(stamped)?.[0] ?? ''));

  say(`
The stamp travels in the guest's metadata. On 'beta', whose driver is the same:

[alpha]$ virsh migrate --live desktop-7 qemu+ssh://beta/system
`);
  const first = hookOn(same, stamped, now());
  say(`[beta]   hook: exit status ${String(first.status)}; journal: ${first.log}`);

  say(`
Then the driver on 'beta' is updated, and its migration version becomes 2. Without a gate, virsh would
say success and the device state would be gone. With it:

[alpha]$ virsh migrate --live desktop-7 qemu+ssh://beta/system
`);
  const second = hookOn(changed, stamped, now());
  say(virshError('desktop-7', second));
  say(`The guest still runs on 'alpha'.`);
  return first.status === 0 && second.status === 1 ? 0 : 3;
}

function identity({ name }: SimulatedHost): HostIdentity {
  return { name, id: null };
}

function facts(
  host: SimulatedHost,
  xml: string,
  ask: boolean,
): { guest: ReturnType<typeof readGuest>; progress: Progress[] } {
  const guest = readGuest(xml);
  const progress: Progress[] = [];
  gather(simulatedSysfs(host), guest.cases, { ask, kernelLog: true, expired: () => false }, (step) =>
    progress.push(step),
  );
  return { guest, progress };
}

function stampOn(host: SimulatedHost, xml: string, now: Date): string {
  const { guest, progress } = facts(host, xml, false);
  return restamp(guest.document, foundMdevs(guest, progress).found, identity(host), now);
}

function hookOn(host: SimulatedHost, xml: string, now: Date): HookReply {
  const { guest, progress } = facts(host, xml, true);
  return concludeGuest(guest, progress, DEFAULT_CONFIG, identity(host), now, 'migrate');
}

// As virsh shows it (libvirt, src/util/virhook.c and vircommand.c; observed with 9.0.0 and 11.3.0).
function virshError(guest: string, { status, told }: HookReply): string {
  const call = `LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root /etc/libvirt/hooks/qemu.d/50-mdev-preflight ${guest} migrate begin -`;
  return `error: Hook script execution failed: internal error: Child process (${call}) unexpected exit status ${String(status)}: ${told}`;
}

function indent(text: string): string {
  return text.replace(/^(?: {4})?/gm, '    ');
}
