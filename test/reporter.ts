// The last lines of a test run: what was skipped, by name, and the count.
import type { Reporter, TestModule } from 'vitest/node';

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    // What failed outside a test: a file that cannot be loaded, a beforeAll.
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = suites.filter((suite) => suite.errors().length > 0).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    for (const test of skipped) process.stdout.write(`skipped: ${test.module.relativeModuleId}: ${test.fullName}\n`);
    const failed = count('failed') + broken + errors.length;
    process.stdout.write(
      `\n${String(count('passed'))} passed, ${String(failed)} failed, ${String(skipped.length)} skipped\n`,
    );
  }
}
