// Reads the kernel log (Linux, Documentation/ABI/testing/dev-kmsg), for the driver's own words after a refusal.
// There is no request id: what is found may be related, and is told so.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { attempt } from './system-call.ts';

const RECORD_LIMIT = 8192;
const RECORDS_LIMIT = 50_000;
// Of the records, the last are kept: what a driver said just now stands at the end.
const KEPT = 64;
const EPIPE = 32;

/** Microseconds of CLOCK_MONOTONIC. */
export function kernelLogNow(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * The lines logged since `moment`, oldest first, of the last 64. None where the log cannot be read (CAP_SYSLOG, AppArmor).
 * Records carry the scheduler's clock, which no correction by NTP touches, so it drifts away from
 * CLOCK_MONOTONIC over months of uptime; the slack allows for 100 ppm and a second.
 * Read only after a refusal, from the oldest record on: Node cannot lseek(2) to the end beforehand. A log is easily
 * thousands of records long, so nothing is done with one but reading it over one that is too old.
 */
export function kernelLogSince(path: string, moment: number): readonly string[] {
  const opened = attempt(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  if (!opened.ok) return [];
  const buffer = Buffer.allocUnsafeSlow(KEPT * RECORD_LIMIT);
  const lengths: number[] = [];
  let [reads, count] = [0, 0];
  const readToTheEnd = (): void => {
    while (reads < RECORDS_LIMIT) {
      reads += 1;
      const slot = count % KEPT;
      const length = readSync(opened.value, buffer, slot * RECORD_LIMIT, RECORD_LIMIT, null);
      if (length === 0) return;
      lengths[slot] = length;
      count += 1;
    }
  };
  try {
    // EPIPE: records were overwritten while being read; the next read goes on behind them. EAGAIN: there are no more.
    for (let ended = attempt(readToTheEnd); !ended.ok && ended.errno === EPIPE;) ended = attempt(readToTheEnd);
  } finally {
    closeSync(opened.value);
  }
  const earliest = moment - 1_000_000 - moment * 1e-4;
  return Array.from({ length: Math.min(count, KEPT) }, (_, back) => (count - 1 - back) % KEPT)
    .reverse()
    .map((slot) => buffer.toString('latin1', slot * RECORD_LIMIT, slot * RECORD_LIMIT + (lengths[slot] ?? 0)))
    .flatMap((record) => {
      const [, microseconds, text] = /^\d+,\d+,(\d+),[^;]*;(.*)/.exec(record) ?? [];
      return text !== undefined && Number(microseconds) >= earliest ? [text] : [];
    });
}
