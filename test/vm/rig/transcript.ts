// What a person would have seen who types the same lines: for the reports in docs/evidence/.
import type { VmHost } from './host.ts';

export interface Transcript {
  /** Runs a line on a host, and notes it with what it prints, and its status where that is not 0. */
  readonly on: (host: VmHost, line: string) => Promise<{ readonly status: number }>;
  /** All of it so far, without the times, which differ each time. */
  readonly text: () => string;
}

export function transcript(): Transcript {
  const noted: string[] = [];
  return {
    on: async (host, line) => {
      const { status, stdout, stderr } = await host.sh(line);
      // virsh begins or ends with an empty line.
      const shown = `${stdout}${stderr}`.split('\n').filter((text) => text !== '');
      const ended = status === 0 ? [] : [`[status ${String(status)}]`];
      noted.push([`${host.name}# ${line}`, ...shown, ...ended, ''].join('\n'));
      return { status };
    },
    text: () => noted.join('').replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d+(Z|\+0000)/g, 'TIME'),
  };
}
