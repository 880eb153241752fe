// What the hook needs to run, and what it does when it is run.
import { describe, expect, it } from 'vitest';
import type { Ended, Facts, ProgramName, SearchPath, SelfTest } from '../../src/doctor/facts.ts';
import { ended, HEALTHY, HOOK, judged, REFUSAL, searchPath } from './healthy.ts';

const AS_ROOT = 'sudo mdev-preflight doctor';

describe('node', () => {
  const on = (change: Partial<SearchPath>, more: Partial<Facts> = {}): ReturnType<typeof judged> =>
    judged('node', { ...more, searchPaths: [searchPath(change)] });
  const without = (...names: ProgramName[]): Partial<SearchPath> => ({
    programs: { ...searchPath().programs, ...Object.fromEntries(names.map((name) => [name, null])) },
  });
  const version = (text: string, status = 0): Partial<SearchPath> => ({ nodeVersion: ended(status, '', text) });

  it('tells the release, and on whose PATH', () => {
    expect(judged('node')).toEqual({
      result: 'pass',
      message: 'Node 20.19.0 and all else the hook needs is on the PATH of libvirtd (process 60), /usr/bin',
      remedy: null,
    });
    expect(on({ daemon: null }).message).toMatch(/is on the usual PATH, \/usr\/bin$/);
  });

  it.each(['sh', 'tr', 'node', 'timeout', 'cat', 'awk'] as const)('fails without %s', (name) => {
    const { result, message, remedy } = on(without(name, 'logger'));
    expect(result).toBe('fail');
    expect(message).toBe(
      `not on the PATH of libvirtd (process 60), /usr/bin: ${name}, logger: the hook refuses every guest with mdevs`,
    );
    expect(remedy).toMatch(/^install into \/usr\/bin: [a-z]+, util-linux/);
  });

  it('warns without logger, for then no line comes into the journal', () => {
    expect(on(without('logger'))).toMatchObject({
      result: 'warn',
      message: 'not on the PATH of libvirtd (process 60), /usr/bin: logger: the hook leaves no line in the journal',
    });
  });

  it.each([
    ['v18.14.2\n', 'fail'],
    ['v16.20.0\n', 'fail'],
    ['v18.15.0\n', 'pass'],
    ['v22.0.0\n', 'pass'],
  ])('%j: %s', (text, result) => {
    expect(on(version(text)).result).toBe(result);
  });

  it('fails where it does not run, and says how', () => {
    expect(on({ nodeVersion: ended(127, 'error while loading shared libraries: libnode.so\nx') })).toMatchObject({
      result: 'fail',
      message: '/usr/bin/node ended with status 127: error while loading shared libraries: libnode.so',
    });
    expect(on(version('v20.0.0\n', 1)).result).toBe('fail');
    expect(on(version('hello\n')).result).toBe('fail');
    expect(on({ nodeVersion: ended(null) }).message).toBe('/usr/bin/node was ended by SIGKILL');
  });

  it('warns where AppArmor may keep libvirt from running it', () => {
    const programs = { ...searchPath().programs, node: { path: '/usr/bin/node', file: '/opt/node/bin/node' } };
    const confinement = { ...HEALTHY.confinement, apparmor: 'confines' } as const;
    expect(on({ programs }, { confinement })).toMatchObject({
      result: 'warn',
      message: '/usr/bin/node is /opt/node/bin/node, which AppArmor may not let libvirt run',
    });
    expect(on({ programs }).result).toBe('pass');
    expect(on({}, { confinement }).result).toBe('pass');
  });

  it('fails where AppArmor was seen to keep libvirt from running it', () => {
    const denied = { profile: 'libvirtd', nodeVersion: ended(126, 'sh: 1: exec: /usr/bin/node: Permission denied\n') };
    expect(on(denied)).toMatchObject({
      result: 'fail',
      message:
        "/usr/bin/node may not be run under the AppArmor profile 'libvirtd': the hook refuses every guest with mdevs",
    });
    // It ran under the profile: where it is, does not matter then.
    const programs = { ...searchPath().programs, node: { path: '/usr/bin/node', file: '/opt/node/bin/node' } };
    const confinement = { ...HEALTHY.confinement, apparmor: 'confines' } as const;
    expect(on({ programs, profile: 'libvirtd' }, { confinement }).result).toBe('pass');
  });

  it('says that a PATH which cannot be read was only assumed', () => {
    expect(on({ known: false })).toMatchObject({ result: 'warn', remedy: AS_ROOT });
  });

  it.each([
    [{ path: '/opt/x', why: { owner: 1000 } }, '/opt/x belongs to uid 1000'],
    [{ path: '/tmp', why: { mode: 0o1777 } }, '/tmp may be written by others than root (mode 1777)'],
    [{ path: '/mnt/x', why: 'unreadable' }, '/mnt/x cannot be looked at'],
    [{ path: '', why: 'relative' }, "'' is relative"],
  ] satisfies [SearchPath['exposure'], string][])('fails what others may change: %j', (exposure, problem) => {
    const { result, message, remedy } = on({ exposure, nodeVersion: null });
    expect(result).toBe('fail');
    expect(message).toBe(
      `on the PATH of libvirtd (process 60), /usr/bin: ${problem}: who may change what is there becomes root when the hook is called; nothing on it was run`,
    );
    expect(remedy).toMatch(/^take it off that PATH: /);
  });

  it('looks at every PATH', () => {
    const searchPaths = [
      searchPath(),
      searchPath({ path: '/sbin', daemon: 'virtqemud (process 61)', ...without('node') }),
    ];
    expect(judged('node', { searchPaths })).toMatchObject({
      result: 'fail',
      message: expect.stringMatching(/^not on the PATH of virtqemud \(process 61\), \/sbin: node:/) as string,
    });
  });
});

describe('self-test', () => {
  const tested = (change: Partial<SelfTest>, more: Partial<Facts> = {}): ReturnType<typeof judged> =>
    judged('self-test', { ...more, selfTests: HEALTHY.selfTests.map((test) => ({ ...test, ...change })) });
  const anew = `install -D -m 644 /opt/mdev-preflight/dist/hook.cjs /usr/libexec/mdev-preflight/hook.cjs && install -D -m 755 /opt/mdev-preflight/hooks/qemu ${HOOK} && systemctl reload libvirtd`;

  it.each([1, 3])('passes a refusal with status %i and its reason', (status) => {
    expect(tested({ withMdev: ended(status, REFUSAL) }).result).toBe('pass');
  });

  it('fails where the guest would be let in, and puts the hook there again', () => {
    expect(tested({ withMdev: ended(0) })).toEqual({
      result: 'fail',
      message: `${HOOK} lets in a guest whose mdev is not here: the gate is open`,
      remedy: anew,
    });
  });

  it.each([
    ['the configuration cannot be used', ended(2, 'mdev-preflight: refused: guest x: destination-device-missing\n')],
    ['no program was asked', ended(3, "mdev-preflight: refused: guest 'x': it has mdevs, and no node\n")],
    ['its interpreter is missing', { status: null, stdout: '', stderr: '', problem: 'did not start (ENOENT)' }],
    ['it hangs', { status: null, stdout: '', stderr: REFUSAL, problem: 'did not end within 30 s' }],
  ] satisfies [string, Ended][])('fails where %s', (_, withMdev) => {
    const { result, message } = tested({ withMdev });
    expect(result).toBe('fail');
    expect(message).toContain(withMdev.problem ?? `ended with status ${String(withMdev.status)}: mdev-preflight:`);
  });

  it.each([
    ['ends with another status', ended(1, 'oops')],
    ['prints', ended(0, '', 'hello')],
    ['complains', ended(0, 'hello')],
  ])('fails where reconnect %s, for that kills running guests', (_, reconnect) => {
    expect(tested({ reconnect })).toMatchObject({
      result: 'fail',
      message: expect.stringContaining('which libvirt then kills') as string,
    });
  });

  it('fails where a guest without mdevs is not let through in silence', () => {
    expect(tested({ withoutMdev: ended(1, 'no') })).toMatchObject({
      result: 'fail',
      message: `${HOOK} is in the way of guests without mdevs: it ended with status 1: no`,
    });
    expect(tested({ withoutMdev: ended(0, '', '<domain/>') }).result).toBe('fail');
  });

  it.each([
    ['node', { searchPaths: [searchPath({ nodeVersion: ended(1) })] }],
    ['config', { config: { file: 'x', config: null, problem: 'line 1: y' } }],
    ['hook-program', { program: { path: 'x', state: 'missing' } }],
  ] satisfies [string, Partial<Facts>][])('leaves to %s what that has to mend', (id, more) => {
    const { result, message, remedy } = tested({ withMdev: ended(3, 'no') }, more);
    expect([result, remedy]).toEqual(['fail', null]);
    expect(message.endsWith(`: no (${id})`)).toBe(true);
    expect(tested({ withMdev: ended(0) }, more).remedy).not.toBeNull();
  });

  it('keeps what a hook says on one line, of limited length', () => {
    const { message } = tested({ withMdev: ended(3, `\u001b[2J${'x'.repeat(5000)}\nmore`) });
    expect(message).toMatch(/^[ -~]{1,500}$/);
  });

  it('run as another user proves nothing', () => {
    expect(tested({}, { superuser: false })).toMatchObject({ result: 'warn', remedy: AS_ROOT });
    expect(tested({ withMdev: ended(0) }, { superuser: false }).result).toBe('warn');
  });

  it('that could not be run says so', () => {
    expect(judged('self-test', { selfTests: [] }).message).toMatch(/^not run: no hook of ours /);
    const searchPaths = [searchPath({ exposure: { path: '/tmp', why: { mode: 0o1777 } } })];
    expect(judged('self-test', { selfTests: [], searchPaths })).toMatchObject({
      result: 'warn',
      message: expect.stringMatching(/^not run: others than root .*\(node\)$/) as string,
    });
  });
});
