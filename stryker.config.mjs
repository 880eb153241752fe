// Mutation testing (`make mutants`): would the tests notice if a condition, a word or a number here were another one?
// Over what decides about a guest. Nothing starts the programs here, for in another process no mutant is active.
export default {
  mutate: ['src/judge/**/*.ts', 'src/sysfs/**/*.ts', 'src/stamp/**/*.ts', 'src/hook/**/*.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutants.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // The few of what is computed once, when a module is loaded, would take all tests each.
  ignoreStatic: true,
  // The simulated hosts' server; once, and without mutants in it.
  buildCommand: 'node scripts/build-test-programs.mjs',
  disableTypeChecks: true,
  concurrency: 2,
  // A loop that a mutant made endless is noticed late; a machine that is busy is not taken for one.
  timeoutMS: 60_000,
  timeoutFactor: 4,
  // What no test here reads stays out of the copy.
  ignorePatterns: ['dist', 'docs', 'packaging'],
  tempDirName: 'build/mutants/copies',
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  clearTextReporter: { reportTests: false, allowEmojis: false, allowColor: false },
  htmlReporter: { fileName: 'build/mutants/report.html' },
  jsonReporter: { fileName: 'build/mutants/report.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};
