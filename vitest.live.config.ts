// The tests on live rigs (test/live/rig/rig.ts): real libvirtd, real QEMU, real migrations.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/prepare.ts'],
    reporters: ['default', './test/reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000, interval: 20 } },
    // A worker that is killed takes its rig with it, and nobody else's.
    pool: 'forks',
    // Each file has a rig of its own, and emulated guests that never rest.
    maxWorkers: 2,
  },
});
