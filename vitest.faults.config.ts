// What may go wrong around the hook: stuck drivers, a hostile environment, faults injected by strace, crowds
// (docs/reliability.md). Deadlines are awaited here, and limits found by trying: a minute or two.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    globalSetup: ['test/prepare.ts'],
    reporters: ['default', './test/reporter.ts'],
    testTimeout: 20_000,
    pool: 'threads',
    isolate: false,
    // Each file starts dozens of Nodes, and what is late is a failure here.
    maxWorkers: 1,
  },
});
