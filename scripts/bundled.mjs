// Other people's packages inside the bundles: which, in which version, under which licence.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages of which the bundles hold code, by name: `name`, `version`, `licence` as package-lock.json has them,
 * and `place`, their directory. `metafile`: esbuild's.
 */
export function bundledPackages(root, { metafile }) {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => packageOf(file));
  const places = [...new Set(used.filter((place) => place !== null))];
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return places
    .map((place) => {
      const { version, license } = lock.packages[place];
      return { name: place.slice(place.lastIndexOf(MODULES) + MODULES.length), version, licence: license, place };
    })
    .sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
}

const MODULES = 'node_modules/';

function packageOf(file) {
  const start = file.lastIndexOf(MODULES);
  if (start === -1) return null;
  const words = file.slice(start + MODULES.length).split('/');
  return file.slice(0, start) + MODULES + words.slice(0, words[0].startsWith('@') ? 2 : 1).join('/');
}

/** Their licences' texts, which have to go wherever the bundles go. Throws where one has none. */
export function notices(root, packages) {
  const parts = packages.map(({ name, version, licence, place }) => {
    return `${'='.repeat(80)}\n${name} ${version} (${licence})\n\n${licenceText(root, name, place).trim()}\n`;
  });
  return `mdev-preflight's programs contain the following packages.\n\n${parts.join('\n')}`;
}

function licenceText(root, name, place) {
  const inPackage = readdirSync(join(root, place)).find((file) => /^licen[cs]e/i.test(file));
  // Not in the package that npm has: taken from the project's own sources.
  const ours = join('packaging/licences', name);
  const file = inPackage === undefined ? ours : join(place, inPackage);
  if (!existsSync(join(root, file))) throw new Error(`${place} has no licence text; put it into ${ours}`);
  return readFileSync(join(root, file), 'utf8');
}
