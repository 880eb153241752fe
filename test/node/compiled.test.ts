// Compiled code beside the programs (docs/decisions/0008): whatever stands there, the program that runs is the one whose
// source is there.
import { execa } from 'execa';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { wrapped } from '../../src/compiled/compiled.ts';
import { NODE } from './under-test.ts';

const PROGRAMS = ['hook', 'mdev-preflight'] as const;

const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

let home: string;
const place = (name: string): string => join(home, name);

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'compiled-'));
  for (const name of ['hook', 'mdev-preflight', 'start', 'compile'])
    copyFileSync(`dist/${name}.cjs`, place(`${name}.cjs`));
  await execa(NODE, [place('compile.cjs')]);
});

const version = async (): Promise<string> =>
  (await execa(NODE, [place('start.cjs'), place('mdev-preflight.cjs'), '--version'])).stdout;

describe('compile.cjs', () => {
  it.each(PROGRAMS)('leaves code that this Node takes: %s', async (name) => {
    const source = readFileSync(place(`${name}.cjs`));
    const script = `
      const { readFileSync } = require('fs');
      const { Script } = require('vm');
      const codes = readFileSync(process.argv[1]).subarray(Number(process.argv[2]));
      const code = codes.subarray(0, codes.length / 2);
      console.log(new Script(readFileSync(0, 'latin1'), { cachedData: code }).cachedDataRejected);`;
    // The head's length depends on the Node that wrote it.
    const file = readFileSync(place(`${name}.compiled`));
    const start = file.indexOf('\n') + 1 + source.length;
    const words = ['-e', script, place(`${name}.compiled`), String(start)];
    expect((await execa(NODE, words, { input: wrapped(source) })).stdout).toBe('false');
  });

  it('leaves nothing else behind', async () => {
    const { stdout } = await execa('ls', [home]);
    const programs = PROGRAMS.flatMap((name) => [`${name}.cjs`, `${name}.compiled`]);
    expect(stdout.split('\n').sort()).toEqual(['compile.cjs', 'start.cjs', ...programs].sort());
  });
});

describe('start.cjs', () => {
  const told = `mdev-preflight ${VERSION}`;
  const compiled = (): string => place('mdev-preflight.compiled');

  it('runs the program, and shows it the words that it would see', async () => {
    expect(await version()).toBe(told);
    writeFileSync(
      place('mdev-preflight.cjs'),
      'console.log(JSON.stringify([process.argv.slice(1), __filename, typeof require]))',
    );
    const words = ['check', '-', '--', '--x'];
    const direct = await execa(NODE, [place('mdev-preflight.cjs'), ...words]);
    const started = await execa(NODE, [place('start.cjs'), place('mdev-preflight.cjs'), ...words]);
    expect(started.stdout).toBe(direct.stdout);
    expect(started.stdout).toContain('"--x"');
  });

  it('compiles the program where there is no code', async () => {
    rmSync(compiled());
    expect(await version()).toBe(told);
  });

  it('takes no code of another source, not even of the same length', async () => {
    const other = VERSION.replace(/\d/g, '9');
    const source = readFileSync(place('mdev-preflight.cjs'), 'latin1');
    writeFileSync(place('mdev-preflight.cjs'), source.replace(`"${VERSION}"`, `"${other}"`), 'latin1');
    expect(await version()).toBe(`mdev-preflight ${other}`);
  });

  // Node 20 and later would run it: V8 does not look.
  it('takes no code in which a bit has changed', async () => {
    const file = readFileSync(compiled());
    const start = file.indexOf('\n') + 1 + readFileSync(place('mdev-preflight.cjs')).length;
    for (let part = 0; part < 20; part += 1) {
      const damaged = Buffer.from(file);
      const at = start + Math.floor(((file.length - start) * part) / 20);
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (part % 8)), at);
      writeFileSync(compiled(), damaged);
      expect(await version(), String(at)).toBe(told);
    }
  });

  // Which file holds at all: test/compiled/compiled.test.ts.
  it('runs the program where the file was cut', async () => {
    const file = readFileSync(compiled());
    for (const length of [0, 10, 100, Math.floor(file.length / 2), file.length - 100, file.length - 1]) {
      writeFileSync(compiled(), file);
      truncateSync(compiled(), length);
      expect(await version(), String(length)).toBe(told);
    }
  });
});

// What all other tests run, they run as users do.
it('stands beside the programs that were built', () => {
  for (const name of PROGRAMS) {
    const file = readFileSync(`dist/${name}.compiled`);
    expect(file.includes(readFileSync(`dist/${name}.cjs`))).toBe(true);
  }
});
