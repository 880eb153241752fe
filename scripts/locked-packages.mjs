// Prints the directories of the installed packages that this project's own dependencies and the named ones need, each
// ended by NUL. What is optional and was not installed, such as another platform's binaries, is left out.
//   locked-packages.mjs NAME...
import { existsSync, readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const found = new Set();

// As Node resolves it: in the package's own node_modules, then in those around it.
function place(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    const here = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (here in packages) return here;
    if (at === '') return null;
  }
}

function visit(from, name, optional = false) {
  const at = place(from, name);
  if (at !== null && found.has(at)) return;
  if (at === null || !existsSync(at)) {
    if (optional) return;
    throw new Error(`${name} is not installed here, or cannot be read; next: npm ci`);
  }
  found.add(at);
  const { dependencies = {}, optionalDependencies = {} } = packages[at];
  for (const needed of Object.keys(dependencies)) visit(at, needed);
  for (const needed of Object.keys(optionalDependencies)) visit(at, needed, true);
}

for (const name of [...Object.keys(packages[''].dependencies), ...process.argv.slice(2)]) visit('', name);
// A package inside another one comes with it.
const inside = (at) => [...found].some((other) => at.startsWith(`${other}/`));
for (const at of [...found].filter((one) => !inside(one)).sort()) process.stdout.write(`${at}\0`);
