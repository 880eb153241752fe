// What virsh's words mean: observed with libvirt 9.0.0 and 11.3.0.
import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/libvirt/event.ts';
import { failureOf } from '../../src/libvirt/failure.ts';
import { leadsElsewhere } from '../../src/libvirt/local.ts';

describe('an event', () => {
  it.each([
    [
      `2026-11-22 10:34:36.321+0000: event 'lifecycle' for domain 'desktop-7': Started Booted`,
      { kind: 'lifecycle', name: 'desktop-7', detail: 'Started Booted' },
    ],
    [
      `2026-11-22 10:34:36.455+0000: event 'metadata-change' for domain '1': type element, uri urn:x`,
      { kind: 'metadata-change', name: '1', detail: 'type element, uri urn:x' },
    ],
    [
      `2026-11-22 10:34:36.455+0000: event 'device-added' for domain 'it's: a': 'b': hostdev0`,
      { kind: 'device-added', name: `it's: a': 'b`, detail: 'hostdev0' },
    ],
    // A line end in the name.
    [`2026-11-22 10:34:36.455+0000: event 'lifecycle' for domain 'one`, { kind: 'lifecycle', name: null, detail: '' }],
  ])('%s', (line, event) => {
    expect(parseEvent(line)).toEqual(event);
  });

  it.each(['', 'qemu:///system', `two': Started Booted`, 'events received: 3'])('is not %j', (line) => {
    expect(parseEvent(line)).toBe(null);
  });
});

describe('a failure', () => {
  it.each([
    ["error: failed to get domain 'nope'\n", 'no-guest', "failed to get domain 'nope'"],
    [
      "error: failed to get domain '22222222-aaaa-4bbb-8ccc-000000000002'\nerror: Domain not found: no domain with matching uuid\n",
      'no-guest',
      'Domain not found: no domain with matching uuid',
    ],
    ['error: Requested operation is not valid: domain is not running\n', 'no-guest', undefined],
    [
      "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory\n",
      'unreachable',
      "Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory",
    ],
    [
      'error: Disconnected from qemu:///system due to end of file\nerror: internal error: client socket is closed',
      'unreachable',
      'internal error: client socket is closed',
    ],
    ['error: End of file while reading data: Input/output error\n', 'unreachable', undefined],
    ['error: no valid connection\n', 'unreachable', undefined],
    ['error: Cannot write data: Broken pipe\n', 'unreachable', undefined],
    [
      'error: Timed out during operation: cannot acquire state change lock (held by monitor=remoteDispatchDomainMigratePerform3Params)\n',
      'busy',
      undefined,
    ],
    ['error: this function is not supported by the connection driver: virDomainGetJobInfo\n', 'failed', undefined],
    ['something else\n', 'failed', 'something else'],
  ])('%j', (text, kind, words) => {
    expect(failureOf(text)).toMatchObject(words === undefined ? { kind } : { kind, text: words });
  });
});

describe('a connection', () => {
  it.each([
    'qemu:///system',
    'qemu+unix:///system?socket=/run/x',
    'test:///default',
    'ch:///system',
    'alias',
    'qemu:///session\n',
  ])('%j is of this host', (uri) => {
    expect(leadsElsewhere(uri)).toBe(false);
  });

  it.each([
    'qemu+ssh://beta/system',
    'qemu+ssh://root@beta/system',
    'qemu+tcp://localhost/system',
    'qemu://beta/system',
    'qemu+ssh:///system',
    'qemu+ext:///system?command=x',
    'qemu+libssh2:///system',
  ])('%j is not, or may not be', (uri) => {
    expect(leadsElsewhere(uri)).toBe(true);
  });
});
