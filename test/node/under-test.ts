// The Node that runs the programs, for tests which give them a PATH of their own. All others take it from the PATH of
// the tests, where vitest.node.config.ts puts it first. The tests themselves run on another one.
export const NODE = process.env['NODE_UNDER_TEST'] ?? process.execPath;

/** Of each start of NODE a line, its words; null where the tests and the programs share one Node. */
export const STARTS = process.env['NODE_UNDER_TEST_STARTS'] ?? null;
