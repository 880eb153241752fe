// make vm-shell: see test/vm/by-hand.ts.
import { defineConfig } from 'vitest/config';
import stories from './vitest.vm.config.ts';

export default defineConfig({ test: { ...stories.test, include: ['test/vm/by-hand.ts'], reporters: ['default'] } });
