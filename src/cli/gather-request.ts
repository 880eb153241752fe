// What the command line asks of the process that touches sysfs (src/gather.ts).
import type { Case } from '../preflight/gather.ts';

export type GatherRequest = {
  readonly sysfsRoot: string;
  /** How long it may take; counted from its own start. */
  readonly milliseconds: number;
} & (
  | { readonly what: 'host' }
  | { readonly what: 'guest'; readonly cases: readonly Case[]; readonly ask: boolean; readonly kernelLog: boolean }
);
