// The programs on the Node that NODE_UNDER_TEST names, while the tests run on theirs: `make node-test`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What starts the programs as libvirt and people do: the hook that accepts, refuses, restamps, is given up and
    // concluded for; check, stamp, list, demo; doctor with its self-test; what runs virsh.
    include: ['test/cli/**/*.test.ts', 'test/hook/**/*.test.ts', 'test/node/**/*.test.ts'],
    // What hardly starts any: it runs in the Node of the tests, or is of the shell or of what the XML says.
    exclude: [
      'test/cli/doctor.test.ts',
      'test/cli/doctor-trust.test.ts',
      'test/cli/mdevctl.test.ts',
      'test/cli/run-program.test.ts',
      'test/hook/by-text.test.ts',
      'test/hook/decide.test.ts',
      'test/hook/exempted-document.test.ts',
      'test/hook/exemption.test.ts',
      'test/hook/hook.test.ts',
      'test/hook/loads.test.ts',
      'test/hook/managers.test.ts',
      'test/hook/silent-node.test.ts',
    ],
    globalSetup: ['test/node/prepare.ts'],
    reporters: ['default', './test/reporter.ts'],
    testTimeout: 20_000,
    pool: 'threads',
    isolate: false,
    // Some deadlines are a second, and all of it may be needed.
    maxWorkers: 2,
  },
});
