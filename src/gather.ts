// The process of the command line that touches sysfs. A driver may hold it forever, even against
// SIGKILL, so the program a person started only listens to it, and leaves it behind at the deadline.
// One JSON request on standard input; one JSON step a line, then "end", on standard output.
import { readFileSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { GatherRequest } from './cli/gather-request.ts';
import { gather } from './preflight/gather.ts';
import { survey } from './preflight/survey.ts';
import { kernelSysfs } from './sysfs/kernel-io.ts';

function put(line: string): void {
  let rest = Buffer.from(`${line}\n`);
  while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
}

const request = JSON.parse(readFileSync(0, 'utf8')) as GatherRequest;
const expired = (): boolean => performance.now() >= request.milliseconds;
const emit = (step: object): void => {
  put(JSON.stringify(step));
};
const io = kernelSysfs(request.sysfsRoot);
if (request.what === 'host') survey(io, expired, emit);
else gather(io, request.cases, { ask: request.ask, kernelLog: request.kernelLog, expired }, emit);
put('end');
