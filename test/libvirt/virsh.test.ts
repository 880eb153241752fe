// The real virsh, on libvirt's test driver: its guests live in the very process of virsh, so each call
// finds them as they were. What changes and what happens is tested on real daemons (test/live).
import { execaSync } from 'execa';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { virsh } from '../../src/libvirt/virsh.ts';
import { STAMP_METADATA } from '../../src/model/stamp.ts';
import type { Uuid } from '../../src/model/uuid.ts';

const HAS_VIRSH = execaSync('virsh', ['--version'], { reject: false }).exitCode === 0;
const [ONE, DASH, BLANK, OFF] = ['1', '2', '3', '4'].map(
  (digit) => `22222222-aaaa-4bbb-8ccc-00000000000${digit}` as Uuid,
) as [Uuid, Uuid, Uuid, Uuid];

describe.skipIf(!HAS_VIRSH)('virsh (needs libvirt-clients)', () => {
  const home = mkdtempSync(join(tmpdir(), 'virsh-'));
  const node = join(home, 'node.xml');
  const libvirt = virsh(`test://${node}`);
  beforeAll(() => {
    const guest = (name: string, uuid: Uuid, more: string): string =>
      `<domain type='test'${more}><name>${name}</name><uuid>${uuid}</uuid><memory>8192</memory><os><type>hvm</type></os></domain>`;
    // VIR_DOMAIN_SHUTOFF is 5.
    const off = guest('off', OFF, ` xmlns:test='http://libvirt.org/schemas/domain/test/1.0'`).replace(
      '</uuid>',
      '</uuid><test:runstate>5</test:runstate>',
    );
    writeFileSync(node, `<node>${guest('1', ONE, '')}${guest('-x', DASH, '')}${guest('a b', BLANK, '')}${off}</node>`);
  });
  afterAll(() => {
    rmSync(home, { recursive: true });
  });

  it('lists guests by UUID and name, whatever the name', async () => {
    const running = await libvirt.guests('running');
    expect(running.ok && [...running.value].sort((a, b) => a.uuid.localeCompare(b.uuid))).toEqual([
      { uuid: ONE, name: '1' },
      { uuid: DASH, name: '-x' },
      { uuid: BLANK, name: 'a b' },
    ]);
    const all = await libvirt.guests('all');
    expect(all.ok && all.value.map(({ uuid }) => uuid)).toContain(OFF);
  });

  it('gives the XML of the guest with that UUID, not of the one with that id', async () => {
    const xml = await libvirt.xml(BLANK, 'current');
    expect(xml.ok && xml.value).toContain('<name>a b</name>');
  });

  it('sets metadata, and says where there is no such guest or it does not run', async () => {
    expect(await libvirt.setMetadata(ONE, 'live', STAMP_METADATA, '<stamp a="1"/>')).toEqual({ ok: true, value: null });
    expect(await libvirt.setMetadata(ONE, 'live', STAMP_METADATA, null)).toEqual({ ok: true, value: null });
    expect(await libvirt.setMetadata(OFF, 'live', STAMP_METADATA, '<stamp/>')).toMatchObject({
      failure: { kind: 'no-guest' },
    });
    const nobody = '22222222-aaaa-4bbb-8ccc-000000000009' as Uuid;
    expect(await libvirt.xml(nobody, 'current')).toMatchObject({ failure: { kind: 'no-guest' } });
  });

  it('connects to this host only', async () => {
    expect(await libvirt.connects()).toEqual({ ok: true, value: null });
    expect(await virsh('qemu+unix:///system?socket=/nowhere').connects()).toMatchObject({
      failure: { kind: 'unreachable', text: expect.stringContaining('/nowhere') as unknown },
    });
  });

  it('tells when it is connected, and ends with the signal', async () => {
    const stop = new AbortController();
    const heard = await new Promise<string>((resolve) => {
      void virsh(`test://${node}`, stop.signal)
        .watch({
          ready: () => {
            stop.abort();
          },
          event: () => undefined,
        })
        .then(({ kind }) => {
          resolve(kind);
        });
    });
    expect(heard).toBe('failed');
  });

  it('ends with another host’s URI where an alias leads there, and hears nothing', async () => {
    const path = process.env['PATH'];
    writeFileSync(join(home, 'virsh'), '#!/bin/sh\necho qemu+ssh://beta/system\nexec /usr/bin/sleep 60\n', {
      mode: 0o755,
    });
    process.env['PATH'] = home;
    try {
      const heard: string[] = [];
      const watching = virsh('work').watch({ ready: () => heard.push('ready'), event: () => heard.push('event') });
      expect(await watching).toEqual({ kind: 'elsewhere', text: 'qemu+ssh://beta/system' });
      expect(heard).toEqual([]);
    } finally {
      process.env['PATH'] = path;
      rmSync(join(home, 'virsh'));
    }
  });

  it('says that it is not there', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = home;
    try {
      expect(await libvirt.connects()).toMatchObject({ failure: { kind: 'no-virsh' } });
      expect(await libvirt.watch({ ready: () => undefined, event: () => undefined })).toMatchObject({
        kind: 'no-virsh',
      });
    } finally {
      process.env['PATH'] = path;
    }
  });
});
