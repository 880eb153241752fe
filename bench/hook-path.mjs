// node bench/hook-path.mjs [ROUNDS]: what a call of hooks/qemu costs, beside the start of a shell and of
// Node, interleaved in one run, in the environment libvirt gives. Medians in ms. `make bench` runs it.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';

const rounds = Number(process.argv[2] ?? 30);
const capture = (name) => readFileSync(new URL(`../test/data/captures/${name}`, import.meta.url));
const plain = capture('11.3.0-10-direct/dst/001-migrate-begin.stdin.xml');
const mdev = capture('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const hook = new URL('../hooks/qemu', import.meta.url).pathname;

const CASES = [
  ['dash -c :', ['dash', '-c', ':'], ''],
  ['node -e 0', ['node', '-e', '0'], ''],
  ['plain guest, started begin', [hook, 'plain', 'started', 'begin', '-'], plain],
  ['plain guest, migrate begin', [hook, 'plain', 'migrate', 'begin', '-'], plain],
  ['guest with one mdev, migrate begin', [hook, 'mdevguest', 'migrate', 'begin', '-'], mdev],
];

const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C' };
const times = CASES.map(() => []);
for (let round = -3; round < rounds; round += 1) {
  for (const [index, [, [command, ...args], input]] of CASES.entries()) {
    const begun = process.hrtime.bigint();
    spawnSync(command, args, { input, env, cwd: '/' });
    const taken = Number(process.hrtime.bigint() - begun) / 1e6;
    if (round >= 0) times[index].push(taken);
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const [shell, node] = times.map(median);
console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${String(cpus().length)} cores, Node ${process.version}, ${String(rounds)} rounds`,
);
console.log(`dist/hook.cjs has ${String(statSync(new URL('../dist/hook.cjs', import.meta.url)).size)} bytes`);
for (const [index, [name]] of CASES.entries()) {
  const value = median(times[index]);
  console.log(
    `${value.toFixed(2).padStart(8)} ms  ${(value / shell).toFixed(2).padStart(6)} x dash  ${(value / node).toFixed(2).padStart(5)} x node  ${name}`,
  );
}
