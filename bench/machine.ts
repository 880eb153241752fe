// What the figures hold for. No name of the machine, and no path on it.
import { cpus, release } from 'node:os';
import { asLibvirt, HERE } from './place.ts';

/** Programs by what they are called with; dash does not tell its version, so the package manager is asked. */
const VERSIONS: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['Node', ['node', '--version']],
  ['dash', ['sh', '-c', "dpkg-query -W -f '${Version}' dash || rpm -q --qf '%{VERSION}' dash"]],
  ['Python', ['/usr/bin/python3', '--version']],
  ['libvirt', ['libvirtd', '--version']],
  ['QEMU', ['qemu-system-x86_64', '--version']],
  ['mdevctl', ['mdevctl', '--version']],
];

export async function machineFacts(): Promise<readonly string[]> {
  const versions = VERSIONS.map(async ([name, command]) => {
    const { status, stdout } = await HERE.run(asLibvirt(command));
    return `${name} ${status === 0 ? (/\d+\.[-.~+:\w]*/.exec(stdout)?.[0] ?? 'unknown') : 'not there'}`;
  });
  return [
    `${cpus()[0]?.model ?? 'unknown processor'}, ${String(cpus().length)} cores`,
    `Linux ${release()}`,
    (await Promise.all(versions)).join(', '),
    new Date().toISOString().slice(0, 10),
  ];
}
