// `check` and `hook` with a guest that carries an exemption.
import { execa } from 'execa';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIRST_MDEV, guestXml } from '../../src/simulation/examples.ts';
import { exempt, exemptionAround } from '../exemption/parts.ts';
import { runCli } from './run.ts';

const PROGRAM = join(process.cwd(), 'bin/mdev-preflight');
const home = mkdtempSync(join(tmpdir(), 'cli-exemption-'));
const HOST = ['--sysfs-root', home];
const xml = guestXml('g', [FIRST_MDEV]);
const holding = (): string => exempt(xml, exemptionAround(new Date(), -60, 60));
const ended = (): string => exempt(xml, exemptionAround(new Date(), -60, -1));

describe('check', () => {
  it('tells the same verdict and status, and mentions the exemption', async () => {
    const plain = await runCli(['check', '-', ...HOST], xml);
    expect(plain.status).toBe(1);
    expect(plain.stdout).not.toContain('exemption');
    for (const [text, words] of [
      [
        holding(),
        /\n\nexemption by 'root@alpha' until \S+Z: 'moving the definition'; while it holds, [^\n]*\n\nincompatible\n$/,
      ],
      [ended(), /\n\nthe exemption in the guest's metadata does not hold: it ended at [^\n]*\n\nincompatible\n$/],
    ] as const) {
      const { status, stdout, stderr } = await runCli(['check', '-', ...HOST], text);
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      expect(stdout).toMatch(words);
      expect(await runCli(['check', '-', '--quiet', ...HOST], text)).toEqual({ status: 1, stdout: '', stderr: '' });
    }
  });

  it('has it as JSON', async () => {
    const json = async (text: string): Promise<object> =>
      JSON.parse((await runCli(['check', '-', '--json', ...HOST], text)).stdout) as object;
    expect(await json(xml)).toMatchObject({ verdict: 'incompatible', exemption: null });
    expect(await json(holding())).toMatchObject({
      verdict: 'incompatible',
      exemption: { holds: true, by: 'root@alpha', reason: 'moving the definition', problem: null },
    });
    expect(await json(ended())).toMatchObject({
      exemption: { holds: false, by: 'root@alpha', problem: expect.stringContaining('it ended at ') as string },
    });
  });
});

describe('hook', () => {
  // Its journal is logger(1).
  const bin = join(home, 'bin');
  const journal = join(home, 'journal');
  mkdirSync(bin);
  writeFileSync(join(bin, 'logger'), `#!/bin/sh\nprintf '%s\\n' "$*" >>'${journal}'\n`);
  chmodSync(join(bin, 'logger'), 0o755);
  const hook = async (
    text: string,
    ...options: string[]
  ): Promise<{ status: number | undefined; stdout: string; stderr: string; logged: string }> => {
    writeFileSync(journal, '');
    const args = [...HOST, ...options, 'hook', 'g', 'migrate', 'begin', '-'];
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const { exitCode, stdout, stderr } = await execa(PROGRAM, args, { input: text, reject: false, env });
    for (let wait = 0; wait < 300 && existsSync(journal) && readFileSync(journal, 'utf8') === ''; wait += 1)
      await new Promise((done) => setTimeout(done, 10));
    return { status: exitCode, stdout, stderr, logged: readFileSync(journal, 'utf8') };
  };

  it('accepts while it holds, and logs that as a warning', async () => {
    const { status, stdout, stderr, logged } = await hook(holding());
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(FIRST_MDEV);
    expect(stdout).not.toContain('urn:mdev-preflight:');
    expect(logged).toMatch(/-p daemon\.warning -- accepted by exemption: guest 'g' .*destination-device-missing/);
  });

  it('refuses when it has ended, with one more line', async () => {
    const { status, stdout, stderr, logged } = await hook(ended());
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^mdev-preflight: refused: [^\n]*\nmdev-preflight: the exemption in the guest's metadata does not hold: it ended at /,
    );
    expect(logged).toMatch(/-p daemon\.warning -- refused: /);
  });

  it('accepts in spite of a configuration that cannot be used', async () => {
    const config = join(home, 'config.toml');
    writeFileSync(config, 'unstmped = 1\n');
    const { status, logged } = await hook(holding(), '--config', config);
    expect(status).toBe(0);
    expect(logged).toContain("unknown key 'unstmped'");
    expect(await hook(ended(), '--config', config)).toMatchObject({ status: 2, stdout: '' });
    expect(await hook(xml, '--config', config)).toMatchObject({ status: 2, stdout: '' });
  });
});
