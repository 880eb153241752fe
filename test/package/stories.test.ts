// The stories of test/live, run by what the packages install: libvirt, Node and the program are those of a fresh system,
// and of this directory there are the stories alone.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { MANAGERS } from './managers.ts';
import { freshRoot, type Root } from './root.ts';

const HERE = process.cwd();
// What runs the stories; the system's own Node is another one.
const RUNNER = '/run/node';
const VITEST = ['env', '-C', HERE, RUNNER, 'node_modules/vitest/vitest.mjs', 'run']
  // It would write beside the configuration, which cannot be written there.
  .concat('--configLoader', 'runner', '-c', 'vitest.packaged.config.ts');

describe.each(MANAGERS)('with what the $name installs', (manager) => {
  let root: Root;
  beforeEach(async () => {
    root = await freshRoot(inject('system'));
  });
  afterEach(async () => {
    await root.remove();
  });

  test('the stories of migrations, refusals and stamps come true', async () => {
    await manager.install(root, inject('builds').current[manager.name]);
    const { status, said } = await root.enter(VITEST, {
      PACKAGED: '1',
      FOREIGN: [`${HERE}=${HERE}`, `${process.execPath}=${RUNNER}`].join('\n'),
      // Whoever needs something of these fails.
      HIDDEN: ['dist', 'bin', 'hooks'].map((name) => join(HERE, name)).join(' '),
      NO_COLOR: '1',
    });
    const [count] = /^\d+ passed, \d+ failed, \d+ skipped$/m.exec(said) ?? [];
    if (status !== 0) process.stdout.write(said);
    expect(count).toMatch(/^[4-9]\d passed, 0 failed, 0 /);
    expect(status).toBe(0);
  });
});
