// A Node that starts and never says a word must not keep libvirt waiting either.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { callHook, captured, type HookResult } from './call.ts';
import { SHELLS } from './shells.ts';

const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const PLAIN = captured('11.3.0-10-direct/dst/001-migrate-begin.stdin.xml').replace(
  '<devices>',
  "<!-- 'mdev' --><devices>",
);
// It writes down what it was started for: one that hangs is not asked another thing.
const programs = { node: 'echo "$*" >>"$HOME/asked"; exec sleep 14', sleep: 'exec /usr/bin/sleep "$@"' };

it('is given up, in every shell: guests with mdevs are refused, others go on', { timeout: 30_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'silent-'));
  const call = (xml: string, shell: readonly string[]): Promise<HookResult> =>
    callHook(['x', 'migrate', 'begin', '-'], { xml, shell, programs, variables: { HOME: home } });
  const shells = SHELLS.filter(({ missing }) => !missing);
  const results = await Promise.all(shells.map(({ words }) => Promise.all([call(MDEV, words), call(PLAIN, words)])));
  for (const [refused, passed] of results) {
    expect(refused).toMatchObject({ status: 3, stdout: '' });
    expect(refused.stderr).toContain('does not run');
    expect(refused.milliseconds).toBeLessThan(11_000);
    expect(passed).toMatchObject({ status: 0, stdout: '', stderr: '' });
  }
  const asked = readFileSync(join(home, 'asked'), 'utf8').trim().split('\n');
  expect(asked).toHaveLength(2 * results.length);
  for (const words of asked) expect(words).toMatch(/ answer x migrate begin -$/);
});
