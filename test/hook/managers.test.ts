// The document as managers have made it before the hook of the destination gets it (docs/integration.md): parsed, edited
// and written anew. Their own serialisers do it here.
//
// vdsm: xml.etree.ElementTree, on the source for VIR_MIGRATE_PARAM_DEST_XML (lib/vdsm/virt/migration.py,
// _migration_params) and on the destination in hooks/qemu, before qemu.d (lib/vdsm/virt/libvirthook/vm_libvirt_hook.py).
// Nova: lxml, which is libxml2, with the mdev's UUID replaced (nova/virt/libvirt/migration.py, _update_mdev_xml).
import { execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/config.ts';
import { concludeGuest, readHookGuest } from '../../src/hook/hook.ts';
import type { HookReply } from '../../src/hook/reply.ts';
import { readGuest } from '../../src/preflight/guest.ts';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { FIRST_MDEV, gvtHost, guestXml, SECOND_MDEV } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { readCaptures } from '../domain-xml/captures.ts';
import { HAS_XMLLINT } from '../domain-xml/xmllint.ts';
import { CAN_MOUNT, type MountedHost, mountHost } from '../fuse/mount.ts';
import { identityOf, progressOn, stampOn, verdictOn } from '../preflight/exchange.ts';
import { OTHER_TYPE, PARENT, TYPE } from '../preflight/hosts.ts';
import { callHook } from './call.ts';
import { onHost } from './on-host.ts';

const HAS_PYTHON = execaSync('python3', ['--version'], { reject: false }).exitCode === 0;
const LATER = new Date('2026-05-06T07:08:09Z');
const OURS = /<mdev-preflight:stamp\b[^]*<\/mdev-preflight:stamp>/;
const THEIRS = /<([\w-]+):stamp\b[^]*<\/\1:stamp>/;

const alpha = gvtHost('alpha', 1);

/** As libvirt writes what others put into the metadata: theirs before and behind the stamp. */
function withOthers(stamped: string): string {
  const nova = `<nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1"><nova:name>d &amp; 7</nova:name></nova:instance>`;
  const ovirt = `<ovirt-vm:vm xmlns:ovirt-vm="http://ovirt.org/vm/1.0"><ovirt-vm:clusterVersion>4.7</ovirt-vm:clusterVersion></ovirt-vm:vm>`;
  return stamped.replace(OURS, (stamp) => `${nova}\n    ${stamp}\n    ${ovirt}`);
}

function elementTree(xml: string): string {
  const program = `import sys, xml.etree.ElementTree as E; E.parse(sys.stdin).write(sys.stdout, encoding='unicode')`;
  const env = { LC_ALL: 'C.UTF-8' };
  return execaSync('python3', ['-c', program], { input: xml, env, stripFinalNewline: false }).stdout;
}

function libxml2(xml: string): string {
  const { stdout } = execaSync('xmllint', ['--nonet', '-'], { input: xml });
  return stdout.replace(/^<\?xml[^>]*>\n/, '');
}

function hookOn(host: SimulatedHost, xml: string): HookReply {
  const guest = readHookGuest(Buffer.from(xml), 'desktop-7', 'migrate');
  if ('status' in guest) throw new Error(`a reply: ${JSON.stringify(guest)}`);
  const progress = progressOn(simulatedSysfs(host), xml);
  return concludeGuest(guest, progress, DEFAULT_CONFIG, identityOf(host), LATER, 'migrate');
}

/** Accepts from an equal driver and refuses another one; hands back what came in, but for the stamp. */
function expectJudged(xml: string, host = gvtHost('beta', 1)): void {
  const { status, document } = hookOn(host, xml);
  expect(status).toBe(0);
  expect(document.replace(OURS, '')).toBe(xml.replace(THEIRS, ''));
  for (const { stamped } of readGuest(document).cases) expect(stamped).toMatchObject({ host: { name: 'beta' } });
  const parents = gvtHost('beta', 2).parents;
  expect(hookOn({ ...host, parents }, xml)).toMatchObject({ status: 1, document: '' });
}

describe.skipIf(!HAS_PYTHON)('what ElementTree wrote, as vdsm uses it (needs python3)', () => {
  const stamped = withOthers(stampOn(alpha, guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV])));

  it('has other prefixes, declared elsewhere, and other quotes', () => {
    const rewritten = elementTree(stamped);
    expect(rewritten).toMatch(/^<domain xmlns:ns0="[^>]*"urn:mdev-preflight:stamp:1"[^>]*>/);
    expect(rewritten).not.toMatch(/<mdev-preflight:|'/);
  });

  it('is judged by its stamp, and comes back as it was but for the stamp', () => {
    expectJudged(elementTree(stamped));
    // On the source, and once more on the destination.
    expectJudged(elementTree(elementTree(stamped)));
  });

  it('is judged at the next move, with the stamp that was put into it', () => {
    const { document } = hookOn(gvtHost('beta', 1), elementTree(stamped));
    expect(verdictOn(gvtHost('gamma', 1), elementTree(document)).outcome).toBe('compatible');
    expect(verdictOn(gvtHost('gamma', 2), elementTree(document)).outcome).toBe('incompatible');
  });

  it('was a document of a real libvirt', () => {
    const incoming = readCaptures().filter(({ name }) => name.endsWith('migrate-begin.stdin.xml'));
    const documents = new Set(incoming.map(({ bytes }) => bytes.toString('utf8')));
    const migrated = [...documents].filter((xml) => readGuest(xml).cases[0]?.hostdev.uuid === FIRST_MDEV);
    expect(migrated.length).toBeGreaterThan(1);
    for (const xml of migrated) expectJudged(elementTree(stampOn(alpha, xml)));
  });
});

describe.skipIf(!HAS_XMLLINT)('what lxml wrote with another UUID, as Nova does (needs xmllint)', () => {
  it('is judged by the stamp of the device that the guest sees at the same address', () => {
    const [first, second] = ['11111111-509f-382f-3c1e-e6bfe0fa1001', '11111111-509f-382f-3c1e-e6bfe0fa1002'];
    const rewritten = libxml2(withOthers(stampOn(alpha, guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]))))
      .replace(`<address uuid="${FIRST_MDEV}"/>`, `<address uuid="${first}"/>`)
      .replace(`<address uuid="${SECOND_MDEV}"/>`, `<address uuid="${second}"/>`);
    const mdevs = { [first]: { parent: PARENT, type: TYPE }, [second]: { parent: PARENT, type: OTHER_TYPE } };
    expect(readGuest(rewritten).cases.map(({ hostdev }) => hostdev.uuid)).toEqual([first, second]);
    expectJudged(rewritten, { ...gvtHost('beta', 1), mdevs });
  });
});

describe.skipIf(!CAN_MOUNT || !HAS_PYTHON)('hooks/qemu behind vdsm’s (needs root, /dev/fuse and python3)', () => {
  let host: MountedHost;
  beforeAll(async () => {
    host = await mountHost(gvtHost('beta', 1));
  });
  afterAll(() => host.unmount());

  it('accepts and refuses by the stamp', async () => {
    const xml = elementTree(withOthers(stampOn(alpha, guestXml('desktop-7', [FIRST_MDEV, SECOND_MDEV]))));
    const call = (): ReturnType<typeof callHook> =>
      callHook(['desktop-7', 'migrate', 'begin', '-'], { xml, wrapper: onHost(host) });
    const accepted = await call();
    expect(accepted).toMatchObject({ status: 0, stderr: '' });
    expect(accepted.stdout.replace(OURS, '')).toBe(xml.replace(THEIRS, ''));
    host.change(gvtHost('beta', 2));
    expect(await call()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('EINVAL') as string });
  });
});
