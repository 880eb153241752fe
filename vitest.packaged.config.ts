// The stories of test/live with what a package installed; test/package/stories.test.ts runs this where nothing else is.
import { defineConfig } from 'vitest/config';
import live from './vitest.live.config.ts';

export default defineConfig({
  test: {
    ...live.test,
    // Not those that change the installation, and not those about the rig.
    include: ['exemption', 'following', 'migration', 'refusal', 'saved', 'stamping', 'variants'].map(
      (name) => `test/live/${name}.test.ts`,
    ),
    reporters: ['default', './test/reporter.ts'],
  },
});
