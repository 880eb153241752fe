// What hooks/qemu does at the deadline with processes that are not what it takes them for.
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { callHook, captured } from '../hook/call.ts';
import { leftOf, leftOnly, type Session } from './left-behind.ts';
import { SHELLS } from '../hook/shells.ts';

const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const CALL = ['x', 'migrate', 'begin', '-'];
const programs = { sleep: 'exec /usr/bin/sleep "$@"', timeout: 'exec /usr/bin/timeout "$@"' };

describe.concurrent.each(SHELLS.filter(({ missing }) => !missing))('hooks/qemu run by $name', ({ words: shell }) => {
  it('kills the process that holds its pipe', async () => {
    const sessions: Session[] = [];
    // It says its own number, and does not mind SIGTERM.
    const node = `case "$*" in *" answer "*) trap '' TERM; echo "0.3 $$"; echo '{}'; exec sleep 20 ;; esac`;
    const result = await callHook(CALL, {
      xml: MDEV,
      shell: ['/usr/bin/setsid', ...shell],
      programs: { ...programs, node },
      during: ({ pid }) => sessions.push(pid),
    });
    expect(result).toMatchObject({ status: 3, stdout: '' });
    expect(await leftOnly(0, sessions, 1000)).toEqual([]);
  });

  it('kills no other one that has its number by now', async () => {
    const other = spawn('/usr/bin/sleep', ['20']);
    const gone = new Promise((resolve) =>
      other.on('exit', (_, signal) => {
        resolve(signal);
      }),
    );
    const node = `case "$*" in *" answer "*) echo "0.3 ${String(other.pid)}"; echo '{}'; exec sleep 2 ;; esac`;
    const result = await callHook(CALL, { xml: MDEV, shell, programs: { ...programs, node } });
    expect(result).toMatchObject({ status: 3, stdout: '' });
    other.kill('SIGINT');
    expect(await gone).toBe('SIGINT');
  });

  it('does not wait for a process that makes the reply and does not end', { timeout: 30_000 }, async () => {
    const sessions: Session[] = [];
    // As one that is held where no signal reaches it; its output is nobody's.
    const node = `case "$*" in *" answer "*) echo "0.3 $$"; echo '{}' ;; *" conclude") trap '' TERM; sleep 12 ;; esac`;
    const result = await callHook(CALL, {
      xml: MDEV,
      shell: ['/usr/bin/setsid', ...shell],
      programs: { ...programs, node },
      during: ({ pid }) => sessions.push(pid),
    });
    expect(result).toMatchObject({ status: 3, stdout: '' });
    expect(result.stderr).toContain('no driver answered before the deadline');
    expect(result.milliseconds).toBeLessThan(8000);
    for (const { pid } of leftOf(sessions)) process.kill(pid, 'SIGKILL');
  });
});
