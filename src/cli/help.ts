// Help texts. What stands here, works.
import type { CommandName } from './arguments.ts';

const STATUS = `Exit status: 0 compatible, or done; 1 incompatible; 2 the call or its input cannot be used;
3 could not tell. A refusal is any status but 0.
`;

const SYSFS = '  --sysfs-root DIR  the sysfs to use (default: sysfs_root of the configuration, /sys)\n';
const CONFIG = '  --config FILE     the configuration (default: /etc/mdev-preflight/config.toml)\n';
const HELP = '  --help            this text\n';

export const MAIN_HELP = `mdev-preflight: asks the destination's driver before a guest with mediated devices migrates

usage:
  mdev-preflight [check] FILE|-        would this host take over the mdevs of this guest?
  mdev-preflight stamp --xml FILE|-    print FILE with this host's facts stamped into <metadata>
  mdev-preflight list                  this host's mdev types, versions, free instances, active mdevs
  mdev-preflight demo                  two simulated hosts, one accepted and one refused migration
  mdev-preflight hook NAME OPERATION SUB-OPERATION EXTRA
                                       libvirt's qemu hook, by hand; domain XML on standard input
  mdev-preflight COMMAND --help        more on one command
  mdev-preflight --version

A whole preflight, from the source host:
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
  stamp: `usage: mdev-preflight stamp --xml FILE|- [options]

Prints the domain XML with a stamp in its <metadata>: what this host, the source, says of the guest's
mdevs (docs/stamp.md). Every other byte stays as it is. A mdev that cannot migrate is stamped as such,
so that the destination can say why; a mdev that is not on this host ends with 3 and prints nothing.

  --xml FILE        the domain XML; - is standard input
${SYSFS}${CONFIG}${HELP}
${STATUS}`,
  list: `usage: mdev-preflight list [options]

Lists this host's parent devices, the mdev types each offers with available instances, device API and
migration_version, and the active mdevs. Asks no driver anything.

  --json            one JSON object, in mdevctl's nesting (docs/json.md)
${SYSFS}${CONFIG}${HELP}
${STATUS}`,
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
