// What an administrator types on a machine to install the package, to upgrade to it and to remove it.
import { readFileSync } from 'node:fs';
import type { Packages } from '../../package/builds.ts';

export interface MachinePackage {
  readonly file: Uint8Array;
  /** With the file on standard input. A configuration that is there stays. */
  readonly install: string;
  readonly remove: string;
}

export function deb({ deb: file }: Packages): MachinePackage {
  return {
    file: readFileSync(file),
    install:
      'cat >/root/package.deb && DEBIAN_FRONTEND=noninteractive dpkg --force-confold --install /root/package.deb',
    remove: 'dpkg --purge mdev-preflight',
  };
}

// It knows of none of Debian's packages.
export function rpm({ rpm: file }: Packages): MachinePackage {
  return {
    file: readFileSync(file),
    install: 'cat >/root/package.rpm && rpm --upgrade --replacepkgs --nodeps /root/package.rpm',
    remove: 'rpm --erase mdev-preflight',
  };
}
