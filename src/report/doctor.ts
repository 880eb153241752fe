// `doctor`: a line for each check, what to do below it, and the verdict.
import type { CheckResult, Finding } from '../model/finding.ts';
import { printable } from '../model/printable.ts';
import { SCHEMA, type Tool } from './json.ts';

const WORD: Readonly<Record<CheckResult, string>> = { pass: 'PASS', warn: 'WARN', fail: 'FAIL' };

/** `quiet`: only what is not fine. */
export function doctorText(findings: readonly Finding[], host: string, quiet: boolean): string {
  const width = Math.max(...findings.map(({ id }) => id.length));
  const lines = findings
    .filter(({ result }) => !quiet || result !== 'pass')
    .flatMap(({ id, result, message, remedy }) => [
      `${WORD[result]}  ${id.padEnd(width)}  ${message}`,
      ...(remedy === null ? [] : [`      ${''.padEnd(width)}  next: ${remedy}`]),
    ]);
  if (!quiet) lines.push('', verdict(findings, host));
  return lines.map((line) => `${line}\n`).join('');
}

function verdict(findings: readonly Finding[], host: string): string {
  const failed = findings.filter(({ result }) => result === 'fail').map(({ id }) => id);
  const warned = findings.filter(({ result }) => result === 'warn').length;
  const also = warned === 0 ? '' : `, ${String(warned)} WARN`;
  const where = `the gate on this host '${printable(host)}'`;
  if (failed.length === 0)
    return warned === 0 ? `${where} is in force` : `${where} is in force, as far as it can be told: no FAIL${also}`;
  return `${where} cannot be relied on: ${String(failed.length)} FAIL (${failed.join(', ')})${also}`;
}

export function doctorJson(findings: readonly Finding[], host: string, healthy: boolean, tool: Tool): object {
  const checks = findings.map(({ id, result, message, remedy }) => ({ id, result, message, remedy }));
  return { schema: SCHEMA, tool, host, healthy, checks };
}
