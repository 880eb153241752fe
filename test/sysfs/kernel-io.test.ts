// A sysfs root, as it may be written.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelSysfs } from '../../src/sysfs/kernel-io.ts';

test.each(['/some/sys', '/some/sys/', '/some/sys//'])('%s is one and the same', (root) => {
  expect(kernelSysfs(root).fullPath('class/mdev_bus')).toBe('/some/sys/class/mdev_bus');
});

test('names are listed in order, and a directory that is not there is an errno', () => {
  const root = mkdtempSync(join(tmpdir(), 'sysfs-root-'));
  // As a directory of ten has them, they are in order by chance once in three million.
  const names = ['j', 'c', 'a', 'i', 'h', 'b', 'g', 'f', 'e', 'd'];
  for (const name of names) mkdirSync(join(root, 'there', name), { recursive: true });
  expect(kernelSysfs(root).list('there')).toEqual({ ok: true, value: names.sort() });
  expect(kernelSysfs(root).list('gone')).toEqual({ ok: false, errno: 2 });
});
