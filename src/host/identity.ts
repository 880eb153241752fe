// Who this host is, for stamps and reports.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { HostIdentity } from '../model/stamp.ts';

/** The host's name and its machine-id(5), which every user may read, unlike the DMI's UUID. */
export function thisHost(): HostIdentity {
  return { name: hostname(), id: machineId() };
}

function machineId(): string | null {
  try {
    return /^[0-9a-f]{32}$/.exec(readFileSync('/etc/machine-id', 'latin1').trim())?.[0] ?? null;
  } catch {
    return null;
  }
}
