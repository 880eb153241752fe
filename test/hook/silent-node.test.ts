// A Node that starts and never says a word must not keep libvirt waiting either.
import { expect, it } from 'vitest';
import { callHook, captured, type HookResult } from './call.ts';
import { SHELLS } from './shells.ts';

const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const PLAIN = captured('11.3.0-10-direct/dst/001-migrate-begin.stdin.xml').replace(
  '<devices>',
  "<!-- 'mdev' --><devices>",
);
const programs = { node: 'exec sleep 14', sleep: 'exec /usr/bin/sleep "$@"' };

it('is given up, in every shell: guests with mdevs are refused, others go on', { timeout: 30_000 }, async () => {
  const call = (xml: string, shell: readonly string[]): Promise<HookResult> =>
    callHook(['x', 'migrate', 'begin', '-'], { xml, shell, programs });
  const shells = SHELLS.filter(({ missing }) => !missing);
  const results = await Promise.all(shells.map(({ words }) => Promise.all([call(MDEV, words), call(PLAIN, words)])));
  for (const [refused, passed] of results) {
    expect(refused).toMatchObject({ status: 3, stdout: '' });
    expect(refused.stderr).toContain('does not run');
    expect(refused.milliseconds).toBeLessThan(11_000);
    expect(passed).toMatchObject({ status: 0, stdout: '', stderr: '' });
  }
  expect(results.length).toBeGreaterThan(0);
});
