// The tests of hooks/qemu, the long ones first, which others run beside, for its mutations: test/mutants/main.ts.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const FILES = [
  'test/hook/exempted-migration.test.ts',
  'test/hook/migration.test.ts',
  'test/faults/programs.test.ts',
  'test/hook/operations.test.ts',
  'test/hook/by-text.test.ts',
  'test/hook/conclude.test.ts',
  'test/hook/saved-state.test.ts',
  'test/hook/silent-node.test.ts',
  'test/faults/script.test.ts',
  'test/faults/streams.test.ts',
  'test/faults/ends.test.ts',
];

class InThisOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => FILES.findIndex((file) => moduleId.endsWith(`/${file}`));
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    include: FILES,
    sequence: { sequencer: InThisOrder },
    testTimeout: 20_000,
    reporters: ['./test/mutants/first-failure.ts'],
    isolate: false,
    pool: 'threads',
    // They wait for most of their time.
    maxWorkers: 4,
  },
});
