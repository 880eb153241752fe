// `mdev-preflight list`
import { describeErrno } from '../model/errno.ts';
import { printable } from '../model/printable.ts';
import type { SurveyStep } from '../preflight/survey.ts';
import { hostJson, type HostReport, hostText } from '../report/host.ts';
import { type Call, UsageError } from './arguments.ts';
import { type Context, settingsOf, timeLeft } from './context.ts';

export async function list(call: Call, context: Context): Promise<number> {
  if (call.words.length > 0) throw new UsageError('list takes no words');
  const { config, sysfsRoot } = settingsOf(call);
  const { steps, complete } = await context.run({ what: 'host', sysfsRoot, milliseconds: timeLeft(config) });
  const report = hostReport(steps as SurveyStep[], complete, context.host.name);
  context.terminal.out(call.json ? `${JSON.stringify(hostJson(report, context.tool), null, 2)}\n` : hostText(report));
  for (const problem of report.problems) context.terminal.err(`mdev-preflight: ${problem}\n`);
  return report.problems.length === 0 ? 0 : 3;
}

/** What the steps of a survey found, and what they could not. */
export function hostReport(steps: readonly SurveyStep[], complete: boolean, host: string): HostReport {
  const problems = steps.flatMap((step) =>
    'failed' in step ? [`${printable(step.failed.path)} cannot be listed: ${describeErrno(step.failed.errno)}`] : [],
  );
  const mdevs = steps.flatMap((step) => ('mdev' in step ? [step.mdev] : []));
  for (const { uuid, look } of mdevs) {
    if (look.kind === 'unknown')
      problems.push(`mdev ${uuid} cannot be looked up: ${printable(look.path)}: ${describeErrno(look.errno)}`);
  }
  const last = steps.at(-1);
  if (!complete) {
    const where = last !== undefined && 'waiting' in last ? `: ${printable(last.waiting.path)}` : '';
    problems.push(
      `no answer before the deadline${where}; the list is not complete. Look for a stuck driver: dmesg | tail`,
    );
  }
  return {
    host,
    parents: steps.flatMap((step) => ('parent' in step ? [step.parent] : [])),
    types: steps.flatMap((step) => ('type' in step ? [step.type] : [])),
    // One that is missing went away between being listed and being looked up.
    mdevs: mdevs.flatMap(({ uuid, look }) => (look.kind === 'present' ? [{ uuid, look }] : [])),
    problems,
  };
}
