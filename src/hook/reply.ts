// What the hook hands to hooks/qemu, and how it travels: fields between record separators, a byte that
// no XML document and none of our texts can hold. The script splits them without parsing anything.

export interface HookReply {
  readonly status: 0 | 1 | 2 | 3;
  /** For standard error. Empty on acceptance. */
  readonly told: string;
  /** One line for the journal; empty where nothing was decided (a guest without mdevs). */
  readonly log: string;
  /** Of that line. An acceptance with a warning is one by exemption. */
  readonly priority: 'info' | 'warning';
  /** For standard output: nothing, or the whole domain XML. */
  readonly document: string;
}

const SEPARATOR = '\u001e';

/** Nothing to say: the guest has no mdev. */
export const SILENCE: HookReply = { status: 0, told: '', log: '', priority: 'info', document: '' };

/** `end` closes it: a reply without it was cut short, and counts as none. */
export function frameReply({ status, told, log, priority, document }: HookReply): string {
  return ['', String(status), told, log, priority, document, 'end'].join(SEPARATOR);
}
