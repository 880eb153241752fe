// What the packages say of themselves, held to what they are made of.
import { execaSync } from 'execa';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

const read = (file: string): string => readFileSync(file, 'utf8');
const SPEC = read('packaging/mdev-preflight.spec');
const { version, license } = JSON.parse(read('package.json')) as { version: string; license: string };
const bundled = JSON.parse(read('dist/bundled.json')) as Bundled[];

function field(name: string): string | undefined {
  return new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(SPEC)?.[1];
}

describe('the packages', () => {
  it('have the version of package.json', () => {
    expect(field('Version')).toBe(version);
    expect(/^mdev-preflight \((.*)-1\)/.exec(read('packaging/debian/changelog'))?.[1]).toBe(version);
    expect(/^\* .* - (.*)-1$/m.exec(SPEC)?.[1]).toBe(version);
    expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
  });

  it('name every npm package that is bundled, as package-lock.json has it', () => {
    const provided = [...SPEC.matchAll(/^Provides:\s+bundled\(npm\((.*)\)\) = (.*)$/gm)].map((it) => it.slice(1));
    // When this fails, these lines belong there:
    // node -p 'require("./dist/bundled.json").map((p) => `Provides:       bundled(npm(${p.name})) = ${p.version}`).join("\n")'
    expect(provided).toStrictEqual(bundled.map((it) => [it.name, it.version]));
    expect(provided.map(([name]) => name)).toEqual(expect.arrayContaining(['execa', 'saxes', 'smol-toml']));
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
    expect(packages['node_modules/execa']?.version).toBe(bundled.find(({ name }) => name === 'execa')?.version);
  });

  it('name every licence that is in them, and have its text', () => {
    const licences = [...new Set([license, ...bundled.map(({ licence }) => licence)])].sort();
    expect(field('License')).toBe(licences.join(' AND '));
    const notices = read('dist/NOTICES');
    for (const it of bundled) expect(notices).toContain(`\n${it.name} ${it.version} (${it.licence})\n`);
    expect(
      notices.match(/Permission (?:is hereby granted|to use, copy)|Apache License|Redistribution and use/g)?.length,
    ).toBeGreaterThanOrEqual(bundled.length);
  });

  it('take a Node that runs the programs, and build with one that runs the tools', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const built = engines.node.replace('>=', '');
    expect(field('BuildRequires')).toBe(`(nodejs >= 1:${built} or nodejs(engine) >= ${built})`);
    expect(field('Requires')).toBe('(nodejs >= 1:18.15 or nodejs(engine) >= 18.15)');
    const control = read('packaging/debian/control');
    expect(control).toContain(`nodejs (>= ${built})`);
    expect(control).toContain('nodejs (>= 18.15),');
    expect(read('hooks/qemu')).toContain('(Node.js >= 18.15; package mdev-preflight)');
  });

  it('install what make install installs, and nothing is left by make uninstall but the configuration', () => {
    const makefile = read('Makefile');
    const recipe = (name: string): string => new RegExp(`^${name}:.*\\n((?:\\t.*\\n)+)`, 'm').exec(makefile)?.[1] ?? '';
    const places = (text: string): string[] =>
      [...new Set(text.match(/\$\([A-Z]+\)/g))].filter((it) => !/DESTDIR|NODE/.test(it));
    const installed = places(recipe('install'));
    expect(installed.length).toBeGreaterThan(6);
    expect(places(recipe('uninstall')).sort()).toStrictEqual(installed.filter((it) => it !== '$(CONFIG)').sort());
  });
});

const HAS_RPMSPEC = execaSync('rpmspec', ['--version'], { reject: false }).exitCode === 0;

it.skipIf(!HAS_RPMSPEC)('the spec is read by rpm (needs rpmspec)', () => {
  const { stdout, stderr } = execaSync('rpmspec', ['--parse', 'packaging/mdev-preflight.spec']);
  expect(stderr).toBe('');
  expect(stdout).toContain('BuildArch:      noarch');
});
