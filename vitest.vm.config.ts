// The stories on two virtual machines: a real kernel, a real mdev driver, real migrations (test/vm).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/vm/**/*.test.ts'],
    globalSetup: ['test/vm/rig/prepare.ts'],
    // A line a story.
    reporters: ['verbose', './test/reporter.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000, interval: 300 } },
    // A worker that is killed takes its machines with it.
    pool: 'forks',
    // Two machines are as much as a small computer carries.
    fileParallelism: false,
  },
});
