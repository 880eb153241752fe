// Which Node runs the programs: NODE_UNDER_TEST, whichever way they are started.
import { execa } from 'execa';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOOK, Machine } from '../cli/doctor-machine.ts';
import { runCli } from '../cli/run.ts';
import { callHook, captured } from '../hook/call.ts';
import { NODE, STARTS } from './under-test.ts';

const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const PROGRAM = join(process.cwd(), 'bin/mdev-preflight');
const dist = (name: string): string => join(process.cwd(), `dist/${name}.cjs`);
const home = mkdtempSync(join(tmpdir(), 'node-seam-'));

describe('a program', () => {
  /** Every Node that starts with these options says which it is, and what it runs. */
  const recorder = (name: string): { options: string; told: () => string[] } => {
    const [program, file] = [join(home, `${name}.cjs`), join(home, name)];
    writeFileSync(
      program,
      `require('fs').appendFileSync('${file}', process.version + ' ' + process.argv.slice(1, 3).join(' ') + '\\n')`,
    );
    return { options: `--require=${program}`, told: () => readFileSync(file, 'utf8').trimEnd().split('\n') };
  };
  const version = async (): Promise<string> => (await execa(NODE, ['--version'])).stdout;

  it('of the command line runs on the Node under test, and so does the process that touches sysfs', async () => {
    const { options, told } = recorder('list');
    await execa(PROGRAM, ['list', '--sysfs-root', home], { env: { NODE_OPTIONS: options } });
    const node = await version();
    // Without arguments of its own: it reads its request.
    expect(told()).toEqual([`${node} ${dist('start')} ${dist('mdev-preflight')}`, `${node} ${dist('gather')}`]);
  });

  it('of the hook does', async () => {
    const { options, told } = recorder('hook');
    const programs = { node: `NODE_OPTIONS=${options} exec ${NODE} "$@"` };
    expect((await callHook(['guest', 'migrate', 'begin', '-'], { xml: MDEV, programs })).status).toBe(1);
    expect(told()).toEqual([`${await version()} ${dist('start')} ${dist('hook')}`]);
  });
});

describe('the tests of the programs', () => {
  it.each(['cli', 'hook'])('start no Node but that one: test/%s', (folder) => {
    const own = ['process', 'execPath'].join('.');
    const files = readdirSync(join('test', folder)).filter((file) => {
      const text = readFileSync(join('test', folder, file), 'utf8');
      return text.includes(own) || /\b(?:spawn|exec)\w*\(\s*['"]node['"]/.test(text);
    });
    expect(files).toEqual([]);
  });
});

// Where the tests and the programs share one Node nobody counts.
const starts = STARTS;
if (starts !== null) {
  const startsWith = (words: string): string[] =>
    readFileSync(starts, 'utf8')
      .split('\n')
      .filter((line) => line.includes(words));

  describe('each start is noted', () => {
    it('of the command line', async () => {
      const name = join(home, 'nothing.xml');
      await runCli(['check', name]);
      expect(startsWith(name)).toEqual([`${dist('start')} ${dist('mdev-preflight')} check ${name}`]);
    });

    it('of the hook', async () => {
      await callHook(['seam', 'migrate', 'begin', '-'], { xml: MDEV });
      expect(startsWith(' seam ')).toEqual([`${dist('start')} ${dist('hook')} answer seam migrate begin -`]);
    });

    it('of the hook that doctor runs', async () => {
      const machine = new Machine();
      await machine.doctor();
      const program = machine.place(HOOK).replace('hooks/qemu', 'dist/hook.cjs');
      expect(startsWith(program)).toEqual([`${program} answer mdev-preflight-doctor migrate begin -`]);
    });
  });
}
