// Where commands read and write. Handed in, so that a test runs the whole command line in memory.

export interface Terminal {
  /** Standard output. Throws where nobody reads it any more. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** A file's bytes, or standard input's for `-`. Throws as node:fs does. */
  readonly read: (file: string) => Buffer;
  /** One line of a service's log: standard error, with its priority where the journal reads it. */
  readonly log: (line: string, priority: 'info' | 'warning') => void;
}
