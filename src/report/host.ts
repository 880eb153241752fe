// `list`: what this host has. Where `mdevctl types --dumpjson` and `mdevctl list --dumpjson` tell the same fact, the JSON
// has their nesting, names, values and order: test/cli/mdevctl.test.ts compares them.
import { errnoName } from '../model/errno.ts';
import type { AttributeRead, OfferedType, PresentDevice } from '../model/facts.ts';
import { printable, printableVersion } from '../model/printable.ts';
import { SCHEMA, type Tool } from './json.ts';

/** What a survey found. `problems` are sentences: what could not be looked up. */
export interface HostReport {
  readonly host: string;
  readonly parents: readonly string[];
  readonly types: readonly OfferedType[];
  readonly mdevs: readonly { readonly uuid: string; readonly look: PresentDevice }[];
  readonly problems: readonly string[];
}

export function hostJson({ host, parents, types, mdevs, problems }: HostReport, tool: Tool): object {
  return {
    schema: SCHEMA,
    tool,
    host,
    types: nested(parents, types, ({ parent }) => parent, typeJson),
    mdevs: nested([], mdevs, parentOf, mdevJson),
    problems,
  };
}

// mdevctl's shape: [{"parent": [{"name": {…}}]}], by the parents' names.
function nested<T>(
  parents: readonly string[],
  items: readonly T[],
  parent: (item: T) => string,
  entry: (item: T) => [name: string, value: object],
): object[] {
  const groups = new Map<string, object[]>(parents.map((name) => [name, []]));
  for (const item of items) {
    const group = groups.get(parent(item)) ?? [];
    group.push(Object.fromEntries([entry(item)]));
    groups.set(parent(item), group);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.length === 0 ? [] : [Object.fromEntries(sorted)];
}

function typeJson(it: OfferedType): [string, object] {
  const count = words(it.availableInstances);
  return [
    it.type,
    {
      available_instances: count === null || !/^\d+$/.test(count) ? null : Number(count),
      device_api: words(it.deviceApi),
      name: words(it.name),
      description: description(it),
      ...versionJson(it.version),
    },
  ];
}

function mdevJson({ uuid, look }: HostReport['mdevs'][number]): [string, object] {
  return [uuid, { mdev_type: look.type, ...versionJson(look.versions.device) }];
}

function versionJson(read: AttributeRead): object {
  return {
    migration_version: read.state === 'read' ? printableVersion(read.bytes) : null,
    migration_version_errno: read.state === 'read' ? null : errorOf(read),
  };
}

export function hostText({ host, parents, types, mdevs }: HostReport): string {
  if (parents.length === 0 && mdevs.length === 0)
    return `this host '${printable(host)}' has no parent devices of mdevs\n`;
  const lines: string[] = [];
  for (const parent of new Set([...parents, ...mdevs.map(parentOf)])) {
    const offered = types.filter((type) => type.parent === parent);
    lines.push(`${printable(parent)}${offered.length === 0 ? ' (no mdev types)' : ''}`);
    for (const it of offered) {
      lines.push(`  ${printable(it.type)}`);
      lines.push(`    Available instances: ${printable(words(it.availableInstances) ?? 'unknown')}`);
      lines.push(`    Device API: ${printable(words(it.deviceApi) ?? 'unknown')}`);
      const name = words(it.name);
      if (name !== null) lines.push(`    Name: ${printable(name)}`);
      const described = description(it);
      if (described !== null) lines.push(`    Description: ${printable(described)}`);
      lines.push(`    migration_version: ${versionText(it.version)}`);
    }
    for (const mdev of mdevs.filter((it) => parentOf(it) === parent)) lines.push(...mdevLines(mdev));
  }
  return lines.map((it) => `${it}\n`).join('');
}

function mdevLines({ uuid, look }: HostReport['mdevs'][number]): string[] {
  const lines = [`  mdev ${uuid} ${printable(look.type)}`];
  if (look.versions.device.state !== 'absent')
    lines.push(`    migration_version: ${versionText(look.versions.device)}`);
  return lines;
}

function parentOf({ look }: HostReport['mdevs'][number]): string {
  return look.parent;
}

/** What an attribute says in words: UTF-8, without the blanks around it. Null where it says nothing. */
function words(read: AttributeRead): string | null {
  const text = read.state === 'read' ? Buffer.from(read.bytes, 'latin1').toString().trim() : '';
  return text === '' ? null : text;
}

// i915 describes a type in five lines.
function description(it: OfferedType): string | null {
  return words(it.description)?.replaceAll('\n', ', ') ?? null;
}

function errorOf(read: Exclude<AttributeRead, { state: 'read' }>): string {
  return read.state === 'absent' ? 'ENOENT' : errnoName(read.errno);
}

function versionText(read: AttributeRead): string {
  if (read.state === 'read') return `'${printableVersion(read.bytes)}'`;
  return read.state === 'absent' ? 'none' : `cannot be read: ${errorOf(read)}`;
}
