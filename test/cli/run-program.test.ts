// Running another program, which may do what it likes.
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';

const sh = (script: string, more: Partial<Parameters<typeof runProgram>[2]> = {}): ReturnType<typeof runProgram> =>
  runProgram('/bin/sh', ['-c', script], { milliseconds: 10_000, ...more });

describe('a program', () => {
  it('is told as it ended, with all it said, from /', async () => {
    expect(await sh('pwd; echo no >&2; exit 3')).toEqual({ status: 3, stdout: '/\n', stderr: 'no\n', problem: null });
  });

  it('gets its input, and need not read it', async () => {
    expect(await sh('cat', { input: 'hello' })).toMatchObject({ status: 0, stdout: 'hello' });
    expect(await sh('exit 0', { input: 'x'.repeat(1_000_000) })).toMatchObject({ status: 0, problem: null });
  });

  it('gets the environment it is given, and nothing else', async () => {
    const { stdout } = await runProgram('/usr/bin/env', [], { env: { A: 'b' }, milliseconds: 10_000 });
    expect(stdout).toBe('A=b\n');
  });

  it('that cannot be started is told as such', async () => {
    const missing = await runProgram('/nowhere/x', [], { milliseconds: 10_000 });
    expect(missing).toMatchObject({ status: null, problem: 'did not start (ENOENT)' });
    const closed = await runProgram('/etc/passwd', [], { milliseconds: 10_000 });
    expect(closed).toMatchObject({ status: null, problem: 'did not start (EACCES)' });
  });

  // The test machine need not have AppArmor; what it does is shown in test/vm.
  it('is not run where it cannot be run under its profile', async () => {
    const { status, stdout } = await sh('echo it ran', { profile: 'no such profile' });
    expect([status === 0, stdout]).toEqual([false, '']);
  });

  it('that is killed is told as such', async () => {
    expect(await sh('kill -9 $$')).toMatchObject({ status: null, problem: 'was ended by SIGKILL' });
  });

  it('that does not end is ended, with all that it started', async () => {
    const begun = performance.now();
    const { status, stdout, problem } = await sh('sleep 1000 & echo $!; sleep 1000', { milliseconds: 300 });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect([status, problem]).toEqual([null, 'did not end within 0.3 s']);
    const alive = (): boolean => {
      try {
        return process.kill(Number(stdout), 0);
      } catch {
        return false;
      }
    };
    for (let wait = 0; wait < 200 && alive(); wait += 1) await new Promise((done) => setTimeout(done, 10));
    expect(alive()).toBe(false);
  });
});
