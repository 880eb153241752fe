// `mdev-preflight doctor`: is the gate really in force on this host?
import { examine, isHealthy } from '../doctor/checks.ts';
import { doctorJson, doctorText } from '../report/doctor.ts';
import { type Call, UsageError } from './arguments.ts';
import type { Context } from './context.ts';
import { gatherFacts } from './doctor-facts.ts';

export async function doctor(call: Call, context: Context): Promise<number> {
  if (call.words.length > 0) throw new UsageError('doctor takes no words');
  const findings = examine(await gatherFacts(call, context));
  const healthy = isHealthy(findings);
  const { terminal, host, tool } = context;
  if (call.json) terminal.out(`${JSON.stringify(doctorJson(findings, host.name, healthy, tool), null, 2)}\n`);
  else terminal.out(doctorText(findings, host.name, call.quiet));
  return healthy ? 0 : 1;
}
