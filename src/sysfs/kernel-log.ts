// Reads the kernel log (Linux, Documentation/ABI/testing/dev-kmsg), for the driver's own words after a refusal.
// There is no request id: what is found may be related, and is told so.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { attempt } from './system-call.ts';

const RECORD_LIMIT = 8192;
const RECORDS_LIMIT = 50_000;
const EAGAIN = 11;
const EPIPE = 32;

/** Microseconds of CLOCK_MONOTONIC. */
export function kernelLogNow(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * The lines logged since `moment`, oldest first. None where the log cannot be read (CAP_SYSLOG, AppArmor).
 * Records carry the scheduler's clock, which no correction by NTP touches, so it drifts away from
 * CLOCK_MONOTONIC over months of uptime; the slack allows for 100 ppm and a second.
 * Read only after a refusal, from the oldest record on: Node cannot lseek(2) to the end beforehand.
 */
export function kernelLogSince(path: string, moment: number): readonly string[] {
  const opened = attempt(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  if (!opened.ok) return [];
  const earliest = moment - 1_000_000 - moment * 1e-4;
  const lines: string[] = [];
  const buffer = Buffer.alloc(RECORD_LIMIT);
  try {
    for (let count = 0; count < RECORDS_LIMIT; count += 1) {
      const read = attempt(() => readSync(opened.value, buffer, 0, RECORD_LIMIT, null));
      // EPIPE: records were overwritten while being read; the next read goes on behind them.
      if (!read.ok && read.errno === EPIPE) continue;
      if (!read.ok && read.errno !== EAGAIN) break;
      if (!read.ok || read.value === 0) break;
      const record = buffer.toString('latin1', 0, read.value);
      const [, microseconds, text] = /^\d+,\d+,(\d+),[^;]*;(.*)/.exec(record) ?? [];
      if (text !== undefined && Number(microseconds) >= earliest) lines.push(text);
    }
  } finally {
    closeSync(opened.value);
  }
  return lines;
}
