// Ends at the first test that fails, and names it: what else runs then need not be awaited.
import type { Reporter, TestCase } from 'vitest/node';

export default class FirstFailure implements Reporter {
  onTestCaseResult(test: TestCase): void {
    if (test.result().state !== 'failed') return;
    process.stdout.write(`FAIL ${test.module.relativeModuleId} > ${test.fullName}\n`);
    // Its workers end with it.
    process.exit(1);
  }
}
