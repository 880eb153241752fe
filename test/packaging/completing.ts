// The shells that complete command lines, each as a person meets it: lines are typed, and what is offered is told.
import { execa, execaSync, type Options } from 'execa';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const DIRECTORY = resolve('packaging/completion');

/** Where is typed: a home directory that has the files of `cwd`, and programs of its own. */
export interface Place {
  readonly home: string;
  /** How virsh was called, a line a call. */
  readonly calls: () => string[];
}

/** `guests`: what virsh lists; null where there is none. It complains whenever it is called. */
export function makePlace(guests: readonly string[] | null): Place {
  const home = mkdtempSync(join(tmpdir(), 'completion-'));
  const [bin, log] = [join(home, 'bin'), join(home, 'calls')];
  for (const path of [bin, join(home, 'completions'), join(home, 'cwd/some directory')])
    mkdirSync(path, { recursive: true });
  writeFileSync(join(home, 'cwd/a guest.xml'), '');
  writeFileSync(log, '');
  // PATH leads nowhere else, so that the virsh of this machine is not asked.
  for (const name of ['sh', 'timeout']) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  symlinkSync(join(DIRECTORY, 'mdev-preflight.bash'), join(home, 'completions/mdev-preflight'));
  const list = guests?.map((name) => `echo '${name.replaceAll("'", `'\\''`)}'`).join('\n') ?? '';
  const stub = `#!/bin/sh\necho "$*" >>'${log}'\necho trouble >&2\n${list}\ncase $* in *--all*) echo off ;; esac\n`;
  if (guests !== null) writeFileSync(join(bin, 'virsh'), stub, { mode: 0o755 });
  return { home, calls: () => readFileSync(log, 'utf8').split('\n').slice(0, -1) };
}

function surroundings({ home }: Place): Options {
  const env = { HOME: home, PATH: join(home, 'bin'), LC_ALL: 'C.UTF-8', TERM: 'dumb', BASH_COMPLETION_USER_DIR: home };
  return { cwd: join(home, 'cwd'), env, extendEnv: false, timeout: 15_000 };
}

/** The lines as `key` left them, and everything that was printed. */
interface Typed {
  readonly lines: readonly string[];
  readonly printed: string;
}

// What is told of a line stands in the file `out`; `lead` lines stand before.
function told(place: Place, lead: number, printed: unknown): Typed {
  return { lines: readFileSync(join(place.home, 'out'), 'utf8').split('\n').slice(lead, -1), printed: String(printed) };
}

/** Types into an interactive bash that reads from a pipe. `key`: `\t`, or `\x1b*`, which puts in all that is offered. */
export async function typeIntoBash(place: Place, load: string, lines: readonly string[], key: string): Promise<Typed> {
  const keys = lines.map((line) => `${line}${key}\x18d\x15`).join('');
  const tell = `bind -x '"\\C-xd": printf "%s\\n" "$READLINE_LINE" >>~/out'`;
  const input = `${load}\n${tell}\n${keys}exit\n`;
  const words = ['--norc', '--noprofile', '-i'];
  const { all } = await execa('/usr/bin/bash', words, { ...surroundings(place), input, all: true });
  return told(place, 0, all);
}

// zsh edits lines on a terminal only: so one zsh types into another. C-x a puts in all that is offered.
const TYPIST = `
zmodload zsh/zpty zsh/zselect
zpty it /usr/bin/zsh -f -i
zpty -w it 'source ~/rc'
integer lines=1
await() {
  local text
  local -a got
  while got=("\${(@f)$(<~/out)}"); (( $#got <= lines )); do
    zselect -t 2
    if zpty -rt it text; then print -rn -- $text; fi
  done
}
for line; do
  await
  zpty -wn it $line$'\\C-xa\\C-xd'
  lines+=1
done
await
`;
const ZSHRC = `
fpath=(${DIRECTORY} $fpath)
autoload -U compinit && compinit -u -D
zle -C all-matches complete-word _generic
zstyle ':completion:all-matches::::' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
tell() { print -r -- $BUFFER >>~/out; BUFFER= }
zle -N tell
bindkey '^Xa' all-matches
bindkey '^Xd' tell
print started >>~/out
`;

async function typeIntoZsh(place: Place, lines: readonly string[]): Promise<Typed> {
  writeFileSync(join(place.home, 'rc'), ZSHRC);
  writeFileSync(join(place.home, 'out'), 'begun\n');
  const words = ['-f', '-c', TYPIST, 'typist', ...lines];
  const { all } = await execa('/usr/bin/zsh', words, { ...surroundings(place), all: true });
  return told(place, 2, all);
}

/** What is offered for the last word of each line, sorted; and what was printed beside it. */
export interface Offers {
  readonly offered: readonly (readonly string[])[];
  readonly printed: string;
}

// The words that stand where the last one was typed; a directory and an option may end in what is to follow.
function offers(lines: readonly string[], { lines: after, printed }: Typed): Offers {
  const offered = after.map((line, at) => {
    const kept = (lines[at] ?? '').replace(/(?:\\.|[^\s\\])*$/, '');
    const words = line.startsWith(kept) ? line.slice(kept.length).match(/(?:\\.|[^\s\\])+/g) : [`not kept: ${line}`];
    return (words ?? []).map((word) => word.replace(/[/=]$/, '').replace(/\\(.)/g, '$1')).sort();
  });
  return { offered, printed };
}

const FISH = `
source ${DIRECTORY}/mdev-preflight.fish
for line in $argv
    echo (string join \\t -- (complete -C $line | string replace -r '\\t.*' '' | string replace -r '/$' ''))
end
`;

async function askFish(place: Place, lines: readonly string[]): Promise<Offers> {
  const words = ['--no-config', '-c', FISH, ...lines];
  const { stdout, stderr } = await execa('/usr/bin/fish', words, { ...surroundings(place), stripFinalNewline: false });
  const offered = String(stdout).split('\n').slice(0, -1);
  return { offered: offered.map((line) => (line === '' ? [] : line.split('\t').sort())), printed: String(stderr) };
}

const HAS_ZSH =
  execaSync('zsh', ['-fc', 'zmodload zsh/zpty && autoload +X compinit'], { reject: false }).exitCode === 0;
const LIBRARY = '/usr/share/bash-completion/bash_completion';

interface Shell {
  readonly name: string;
  readonly missing: boolean;
  /** Completes the last word of each line. */
  readonly ask: (place: Place, lines: readonly string[]) => Promise<Offers>;
}

/** With the library, bash finds the completion by the command's name. */
export const BASHES = [
  { name: 'bash', missing: !existsSync('/usr/bin/bash'), load: `source ${DIRECTORY}/mdev-preflight.bash` },
  { name: 'bash with bash-completion', missing: !existsSync(LIBRARY), load: `source ${LIBRARY}` },
] as const;

export const SHELLS: readonly Shell[] = [
  ...BASHES.map(({ name, missing, load }) => ({
    name,
    missing,
    ask: async (place: Place, lines: readonly string[]) =>
      offers(lines, await typeIntoBash(place, load, lines, '\x1b*')),
  })),
  { name: 'zsh', missing: !HAS_ZSH, ask: async (place, lines) => offers(lines, await typeIntoZsh(place, lines)) },
  { name: 'fish', missing: !existsSync('/usr/bin/fish'), ask: askFish },
];
