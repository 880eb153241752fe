// Help texts. What stands here, works.
import type { CommandName } from './arguments.ts';

const STATUS = `Exit status: 0 compatible, or done; 1 incompatible; 2 the call or its input cannot be used;
3 could not tell. A refusal is any status but 0.
`;

const SYSFS = '  --sysfs-root DIR  the sysfs to use (default: sysfs_root of the configuration, /sys)\n';
const CONFIG = '  --config FILE     the configuration (default: /etc/mdev-preflight/config.toml)\n';
const HELP = '  -h, --help        this text\n';

export const MAIN_HELP = `mdev-preflight: asks the destination's driver before a guest with mediated devices migrates

usage:
  mdev-preflight [check] FILE|-        would this host take over the mdevs of this guest?
  mdev-preflight stamp DOMAIN...|--all [--follow]
                                       write this host's facts into running guests' <metadata>
  mdev-preflight stamp --xml FILE|-    print FILE with the stamp added; talks to no libvirt
  mdev-preflight allow DOMAIN --for DURATION --reason TEXT
                                       let one guest through, for a while, logged
  mdev-preflight list                  this host's mdev types, versions, free instances, active mdevs
  mdev-preflight doctor                is the gate in force on this host? and what to do where it is not
  mdev-preflight demo                  two simulated hosts, one accepted and one refused migration
  mdev-preflight hook NAME OPERATION SUB-OPERATION EXTRA
                                       libvirt's qemu hook, by hand; domain XML on standard input
  mdev-preflight COMMAND --help        more on one command
  mdev-preflight --version

A whole preflight, from the source host, which changes nothing:
  virsh dumpxml --migratable GUEST | mdev-preflight stamp --xml - | ssh DESTINATION mdev-preflight check -

Options may stand before or behind the command. A first word that is no command is a FILE to check.
${STATUS}`;

export const COMMAND_HELP: Readonly<Record<CommandName, string>> = {
  check: `usage: mdev-preflight [check] [options] FILE|-

Reads a domain XML (- is standard input), finds its mdevs and what its stamp says of their source, and
asks this host's drivers whether they would take them over. Changes nothing on the host: a driver is
asked by writing the source's version to its migration_version attribute, as it is meant to be.
Tells every reason for every mdev; what each means is in docs/reasons.md.

  --json            one JSON object on standard output, on every exit status (docs/json.md)
  --quiet           no report: the exit status tells
${SYSFS}${CONFIG}${HELP}
${STATUS}`,
  stamp: `usage: mdev-preflight stamp DOMAIN... [options]
       mdev-preflight stamp --all [--follow] [options]
       mdev-preflight stamp --xml FILE|- [options]

Stamps guests with what this host, their source, says of their mdevs (docs/stamp.md), so that the
destination's drivers can be asked. A mdev that cannot migrate is stamped as such, and the destination
will say why. Where a mdev is not on this host, or gives no answer, nothing is stamped, a stamp that
could thus not be confirmed is removed, and the status is 3.

Running guests, through libvirt: the stamp goes into the live <metadata>, and is gone when they stop.
A fresh stamp ends an exemption (mdev-preflight allow).

  DOMAIN            names or UUIDs; one that begins with a dash goes behind --
  --all             all running guests that have mdevs
  --follow          stay, and keep all stamps true: guests that start, arrive, are restored, get other
                    devices or lose their stamp are stamped within a second; ends on SIGTERM
  --connect URI     the libvirt of this host (default: qemu:///system)
  --json            one JSON object on standard output (docs/json.md)
  --quiet           only what went wrong

A file, without libvirt: the domain XML is printed with the stamp; every other byte stays as it is.

  --xml FILE        the domain XML; - is standard input

${SYSFS}${CONFIG}${HELP}
${STATUS}`,
  allow: `usage: mdev-preflight allow DOMAIN --for DURATION --reason TEXT [options]

Lets one guest through the gate until the time is over: the destination's hook accepts what it would have
refused, and logs both there (docs/exemption.md). For moving the definition of a guest that is shut off
(virsh migrate --offline), and for who knows better than the drivers.

  DOMAIN            a name or UUID; one that begins with a dash goes behind --
  --for DURATION    90s, 10m, 2h; at most 24h
  --reason TEXT     why; it is logged
  --connect URI     the libvirt of this host (default: qemu:///system)
${SYSFS}${CONFIG}${HELP}
${STATUS}`,
  list: `usage: mdev-preflight list [options]

Lists this host's parent devices, the mdev types each offers with available instances, device API and
migration_version, and the active mdevs. Asks no driver anything.

  --json            one JSON object, in mdevctl's nesting (docs/json.md)
${SYSFS}${CONFIG}${HELP}
${STATUS}`,
  doctor: `usage: mdev-preflight doctor [options]

Is the gate in force on this host? Checks, one line each, every way in which libvirt could be without it, or
have a wrong one: the hook's files and whether libvirt knows of them, what the hook needs, the configuration,
libvirt, the guests' stamps. Below what is not in order stands what to do (docs/doctor.md). Run it as root.
Runs the hook as libvirt would, for a guest that does not exist, which leaves a line in the journal; changes
nothing else.

  --connect URI     the libvirt of this host (default: qemu:///system)
  --json            one JSON object on standard output (docs/json.md)
  --quiet           only what is not in order
${SYSFS}${CONFIG}${HELP}
Exit status: 0 nothing fails, 1 something does, 2 the call cannot be used.
`,
  demo: `usage: mdev-preflight demo

Shows two simulated hosts: a guest with two mdevs is accepted, and refused after the destination's
driver changed. Needs no root and no hardware, and touches nothing.
`,
  hook: `usage: mdev-preflight hook [options] NAME OPERATION SUB-OPERATION EXTRA

What libvirt's qemu hook does, by hand: domain XML on standard input for 'migrate begin' and
'restore begin'; every other operation ends with 0 at once. On acceptance prints nothing, or the domain
XML with this host's stamp; on refusal says why on standard error. The last four words are never
options: a guest may be named -x.

${SYSFS}${CONFIG}${HELP}
${STATUS}`,
};
