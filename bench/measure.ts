// What commands take, by run.c: medians of interleaved runs. A command that does not do what it should is no figure.
import { execaSync } from 'execa';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asLibvirt, HERE, type Place } from './place.ts';

export interface Command {
  readonly argv: readonly string[];
  /** Standard input. */
  readonly input?: string;
  /** The exit status that it must have: 0 where it is left out. */
  readonly status?: number;
  /** How many bytes it must print at least. */
  readonly prints?: number;
}

export interface Run {
  /** Milliseconds until whoever waits for it would go on. */
  readonly wall: number;
  /** Milliseconds of processor of all its processes. */
  readonly cpu: number;
  /** The most kB that one of its processes had. */
  readonly memory: number;
}

type Named<Name extends string, Value> = Readonly<Record<Name, Value>>;

/** `memory`: of all runs. */
export async function measure<Name extends string>(
  commands: Named<Name, Command>,
  options: { readonly rounds: number; readonly on?: Place },
): Promise<Named<Name, Run>> {
  return medians(await runs(commands, options));
}

export async function runs<Name extends string>(
  commands: Named<Name, Command>,
  { rounds, on = HERE }: { readonly rounds: number; readonly on?: Place },
): Promise<Named<Name, Run[]>> {
  const names = Object.keys(commands) as Name[];
  const directory = mkdtempSync(join(tmpdir(), 'inputs-'));
  const plan = names.map((name, index) => {
    const { argv, input = '' } = commands[name];
    const file = join(directory, String(index));
    if (input !== '') writeFileSync(file, input);
    return `${[input === '' ? '' : file, ...argv].join('\x1f')}\n`;
  });
  const {
    status: ended,
    stdout: output,
    stderr,
  } = await on.run(asLibvirt([runner(), String(rounds)]), { input: plan.join('') });
  if (ended !== 0) throw new Error(`the runner ended with ${String(ended)}: ${stderr}`);
  const found = new Map<Name, Run[]>(names.map((name) => [name, []]));
  for (const line of output.trim().split('\n')) {
    const [number = -1, status = -1, wall = NaN, cpu = NaN, bytes = -1, memory = NaN] = line.split(' ').map(Number);
    const name = names[number];
    if (name === undefined) throw new Error(`the runner said: ${line}`);
    const { status: expected = 0, prints = 0 } = commands[name];
    if (status !== expected || bytes < prints)
      throw new Error(
        `${name}: status ${String(status)} and ${String(bytes)} bytes of output, where it must be ${String(expected)} and ${String(prints)}; of what was said, the end: ${stderr.slice(-1000)}`,
      );
    found.get(name)?.push({ wall: wall / 1e6, cpu: cpu / 1e3, memory });
  }
  return Object.fromEntries(found) as Named<Name, Run[]>;
}

export function medians<Name extends string>(all: Named<Name, readonly Run[]>): Named<Name, Run> {
  const one = (list: readonly Run[]): Run => ({
    wall: median(list.map(({ wall }) => wall)),
    cpu: median(list.map(({ cpu }) => cpu)),
    memory: Math.max(...list.map(({ memory }) => memory)),
  });
  const entries = Object.entries<readonly Run[]>(all).map(([name, list]) => [name, one(list)]);
  return Object.fromEntries(entries) as Named<Name, Run>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

function runner(): string {
  const program = join(tmpdir(), 'run');
  if (!existsSync(program)) execaSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, 'bench/run.c']);
  return program;
}
