// node scripts/node-test.mjs [VERSION...]: runs the programs on every Node in test/node/versions.json, or on those named,
// and prints a line for each. Gets them with npm, from wherever npm is set to look, into build/node. `make node-test`.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { package: name, versions } = JSON.parse(readFileSync(join(root, 'test/node/versions.json'), 'utf8'));
const place = join(root, 'build/node');

/** The program, got where it is not there yet. It counts as there only with the integrity that it was got with. */
function nodeOf(version) {
  const directory = join(place, version);
  const [node, had] = [join(directory, 'bin/node'), join(directory, 'integrity')];
  if (!existsSync(node) || !existsSync(had) || readFileSync(had, 'utf8') !== versions[version]) get(version, directory);
  const told = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  if (told !== `v${version}`) throw new Error(`${node} is ${told}`);
  return node;
}

function get(version, directory) {
  mkdirSync(place, { recursive: true });
  const home = mkdtempSync(join(place, 'get-'));
  try {
    // The package has the program itself; that of the name `node` would fetch it in a script of its own.
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', home, `${name}@${version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const archive = join(home, `${name}-${version}.tgz`);
    const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (integrity !== versions[version]) throw new Error(`${name} ${version} is not what it was: it has ${integrity}`);
    const got = join(home, version);
    mkdirSync(got);
    execFileSync('tar', ['-xzf', archive, '-C', got, '--strip-components=1', 'package/bin/node', 'package/LICENSE']);
    writeFileSync(join(got, 'integrity'), integrity);
    rmSync(directory, { recursive: true, force: true });
    renameSync(got, directory);
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** Whether all passed. */
function test(version) {
  const begun = performance.now();
  // What is set here for npm would slow down each start.
  const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, ...environment } = process.env;
  const env = { ...environment, NODE_UNDER_TEST: nodeOf(version) };
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '-c', 'vitest.node.config.ts', '--no-color'];
  const { status, stdout, stderr } = spawnSync(process.execPath, vitest, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const passed = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(stdout);
  const starts = /^starts: (.*)$/m.exec(stdout)?.[1] ?? 'none';
  // A program that nobody started on this Node was not tested on it.
  const fine = status === 0 && passed !== null && passed[2] === '0' && !/none| 0\b/.test(starts);
  if (!fine) process.stdout.write(stdout + stderr);
  for (const [line] of stdout.matchAll(/^skipped: .*$/gm)) console.log(line);
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  console.log(
    `Node ${version.padEnd(8)} ${fine ? 'ok    ' : 'FAILED'} ${passed?.[0] ?? 'it did not come to its end'}, ${seconds} s (starts: ${starts})`,
  );
  return fine;
}

const here = `node-${process.platform}-${process.arch}`;
if (here !== name) throw new Error(`test/node/versions.json has ${name} and not ${here}`);
const asked = process.argv.slice(2);
for (const version of asked) if (!(version in versions)) throw new Error(`test/node/versions.json has no ${version}`);
const results = (asked.length > 0 ? asked : Object.keys(versions)).map(test);
if (results.includes(false)) process.exitCode = 1;
