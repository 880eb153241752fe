import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They take libvirt, QEMU or minutes, and have configurations of their own.
    exclude: ['test/faults/**', 'test/live/**', 'test/package/**', 'test/vm/**'],
    globalSetup: ['test/prepare.ts'],
    reporters: ['default', './test/reporter.ts'],
    testTimeout: 20_000,
    // A worker for each file would cost more than most of them take.
    pool: 'threads',
    isolate: false,
    // The slow ones wait, for processes and for deadlines.
    maxWorkers: 4,
  },
});
