// The packages, built, installed into fresh systems and used there (test/package). `make package-test` runs it in a
// mount namespace of its own, with which the systems go, however it ends.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    globalSetup: ['test/package/prepare.ts'],
    reporters: ['verbose', './test/reporter.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
