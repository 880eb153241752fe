// The floors of src/, and what stands in one place only. Each rule says why.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../src');
const FILES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort();
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/** The folder of a file in src/; '' for the entry points. */
const floorOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');

/** What a file imports: files of src/ by their path there, everything else by its name. */
function importsOf(file: string): string[] {
  const found = (TEXTS.get(file) ?? '').matchAll(
    /^(?:import|export)\b[^;]*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm,
  );
  return [...found]
    .map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '')
    .map((name) => (name.startsWith('.') ? posix.join(posix.dirname(file), name) : name));
}

const filesWhere = (matches: (file: string, text: string) => boolean): string[] =>
  FILES.filter((file) => matches(file, TEXTS.get(file) ?? ''));
const importersOf = (name: string): string[] => filesWhere((file) => importsOf(file).includes(name));
const withoutEntries = (files: readonly string[]): string[] => files.filter((file) => floorOf(file) !== '');

// From the ground up: what a folder may import beside itself.
const GROUND = ['model'];
const MIDDLE = [
  'config',
  'domain-xml',
  'exemption',
  'gate',
  'host',
  'judge',
  'libvirt',
  'report',
  'simulation',
  'stamp',
  'sysfs',
];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  compiled: [],
  // Siblings, so that each can be read and tested alone.
  ...Object.fromEntries(MIDDLE.map((folder) => [folder, GROUND])),
  // A simulated host is another implementation of the port to a sysfs.
  simulation: ['model', 'sysfs'],
  preflight: [...GROUND, ...MIDDLE],
  hook: [...GROUND, ...MIDDLE, 'preflight'],
  doctor: [...GROUND, ...MIDDLE, 'preflight'],
  cli: [...GROUND, ...MIDDLE, 'preflight', 'hook', 'doctor'],
};

describe('the floors', () => {
  test('are all the folders there are', () => {
    expect([...new Set(withoutEntries(FILES).map(floorOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test.each(Object.keys(MAY_IMPORT))('%s/ imports only from below', (folder) => {
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
    const wrong = FILES.filter((file) => floorOf(file) === folder).flatMap((file) =>
      importsOf(file)
        .filter((name) => TEXTS.has(name) && !allowed.includes(floorOf(name)))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('every import is of a file that is there, of Node, or of a dependency', () => {
    const names = new Set(FILES.flatMap(importsOf).filter((name) => !TEXTS.has(name)));
    expect([...names].filter((name) => !name.startsWith('node:')).sort()).toEqual(['execa', 'saxes', 'smol-toml']);
  });

  test('no import leads back to where it came from', () => {
    const visit = (file: string, path: readonly string[]): string[] => {
      if (path.includes(file)) return [[...path, file].join(' -> ')];
      if (done.has(file)) return [];
      const circles = importsOf(file)
        .filter((name) => TEXTS.has(name))
        .flatMap((name) => visit(name, [...path, file]));
      done.add(file);
      return circles;
    };
    const done = new Set<string>();
    expect(FILES.flatMap((file) => visit(file, []))).toEqual([]);
  });
});

describe('one place only:', () => {
  // gate/ reads how libvirt is set up: hook files, /proc, what confines it. No driver is behind any of these.
  const mayRead = (file: string): boolean => ['sysfs', 'gate'].includes(floorOf(file));

  test('the file system is touched by sysfs/ and gate/, by those who read one file of their own, and by the entries', () => {
    const files = withoutEntries(importersOf('node:fs')).filter((file) => !mayRead(file));
    expect(files).toEqual(['config/load.ts', 'host/identity.ts']);
    expect(filesWhere((_, text) => text.includes('node:fs/promises'))).toEqual([]);
  });

  test('outside sysfs/, gate/ and the entries nothing opens, lists or writes a file', () => {
    const calls = /\b(?:open|readdir|realpath|write|append|mkdir|rm|unlink|rename|symlink|truncate)\w*Sync\b/;
    const files = withoutEntries(filesWhere((_, text) => calls.test(text)));
    expect(files.filter((file) => !mayRead(file))).toEqual([]);
  });

  test('gate/ opens nothing for writing, and changes nothing', () => {
    const calls = /\b(?:open|write|append|mkdir|rm|unlink|rename|symlink|truncate|ch\w+|utimes|copy)\w*Sync\b/;
    expect(filesWhere((file, text) => floorOf(file) === 'gate' && calls.test(text))).toEqual([]);
  });

  test('a host is written to in sysfs/offer.ts', () => {
    const files = withoutEntries(filesWhere((_, text) => /\bwriteSync\b|\bO_(?:WRONLY|RDWR)\b/.test(text)));
    expect(files).toEqual(['sysfs/offer.ts']);
  });

  test('the XML parser is imported in domain-xml/document.ts', () => {
    expect(importersOf('saxes')).toEqual(['domain-xml/document.ts']);
  });

  test('the TOML parser is imported in config/', () => {
    expect(importersOf('smol-toml').map(floorOf)).toEqual(['config']);
  });

  test('a sysfs path stands in sysfs/paths.ts', () => {
    const files = filesWhere((_, text) => /['"`](?:class\/mdev_bus|bus\/mdev)/.test(text));
    expect(files.filter((file) => floorOf(file) !== 'simulation')).toEqual(['sysfs/paths.ts']);
  });

  test('a simulated host is known to the demo alone: no simulated answer can reach the hook', () => {
    const files = filesWhere((file) => importsOf(file).some((name) => floorOf(name) === 'simulation'));
    expect(files.filter((file) => floorOf(file) !== 'simulation')).toEqual(['cli/demo.ts']);
  });

  test('a process is started by the command line, and virsh by the port to libvirt', () => {
    expect(withoutEntries(importersOf('node:child_process')).map(floorOf)).toEqual(['cli']);
    expect(importersOf('execa')).toEqual(['libvirt/execa.ts']);
    expect(importersOf('libvirt/execa.ts')).toEqual(['cli/run-program.ts', 'libvirt/virsh.ts']);
  });

  test('virsh is known to nobody but who hands it in: the hook can never call libvirt', () => {
    expect(importersOf('libvirt/virsh.ts')).toEqual(['machine.ts']);
    const reachable = (file: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(file)) return seen;
      seen.add(file);
      for (const name of importsOf(file)) if (TEXTS.has(name)) reachable(name, seen);
      return seen;
    };
    expect([...reachable('hook.ts')].filter((file) => floorOf(file) === 'libvirt')).toEqual([]);
  });
});

describe('what is deliberately absent:', () => {
  test.each(['model', 'judge', 'exemption', 'stamp', 'report', 'simulation', 'preflight', 'hook', 'doctor'])(
    '%s/ imports nothing of Node',
    (folder) => {
      const files = FILES.filter((file) => floorOf(file) === folder);
      expect(files.filter((file) => importsOf(file).some((name) => name.startsWith('node:')))).toEqual([]);
    },
  );

  test('no folder reads the environment, ends the process or prints: streams are handed in', () => {
    const words = /\bprocess\.(?:env|exit\w*|stdin|stdout|stderr|argv)\b|\bconsole\b/;
    expect(withoutEntries(filesWhere((_, text) => words.test(text)))).toEqual([]);
  });

  test('the hook’s program prints through one function, and never through the console', () => {
    const text = TEXTS.get('hook.ts') ?? '';
    expect(text.match(/\bwriteSync\(/g)).toHaveLength(1);
    expect(text).not.toMatch(/\bconsole\b|process\.(?:stdout|stderr|exit)\b/);
  });

  test('no file of src/ is longer than 250 lines', () => {
    expect(filesWhere((_, text) => text.split('\n').length > 251)).toEqual([]);
  });
});
