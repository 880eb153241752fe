// The tests that run src/ in their own process, for mutants: stryker.config.mjs.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// One failure is enough: the longest last.
class ShortestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).reverse();
  }
}

export default defineConfig({
  test: {
    include: [
      'test/fuse/**/*.test.ts',
      'test/hook/{decide,exempted-document,exemption,hook}.test.ts',
      'test/judge/**/*.test.ts',
      'test/preflight/{changed,reasons,roll-call,stamping}.test.ts',
      'test/report/{json,refusal,text}.test.ts',
      'test/stamp/**/*.test.ts',
      'test/sysfs/**/*.test.ts',
    ],
    sequence: { sequencer: ShortestFirst },
    testTimeout: 20_000,
    isolate: false,
  },
});
