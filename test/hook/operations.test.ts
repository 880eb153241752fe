// What is not ours is never touched: every operation of libvirt's documentation, and some it does not have.
import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NODE } from '../node/under-test.ts';
import { callHook, captured, type HookOptions, type HookResult, orphanedScript } from './call.ts';
import { SHELLS } from './shells.ts';

const PLAIN = captured('11.3.0-10-direct/dst/001-migrate-begin.stdin.xml');
const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');

const OTHERS = [
  'prepare begin -',
  'start begin -',
  'started begin -',
  'stopped end -',
  'stopped end migrated',
  'release end -',
  'release end migrated',
  'reconnect begin -',
  'attach begin -',
  'migrate end -',
  'restore end -',
  'migrate',
  'begin migrate -',
  'a-later-one begin -',
  '',
].map((words) => words.split(' '));

for (const shell of SHELLS) {
  describe.skipIf(shell.missing)(`hooks/qemu run by ${shell.name}`, () => {
    it.each(OTHERS)('ends at once with 0 and no byte, and starts no Node: %s %s %s', async (...words) => {
      const result = await callHook(['mdevguest', ...words], { xml: MDEV, shell: shell.words });
      expect(result).toMatchObject({ status: 0, stdout: '', stderr: '', nodeStarted: false, journal: [] });
    });

    it('ends with 0 for every other operation where it has no PATH, no Node and no program', async () => {
      const programs = { node: null, tr: null, timeout: null, awk: null, cat: null, logger: null };
      for (const words of OTHERS) {
        const result = await callHook(['x', ...words], { shell: shell.words, script: orphanedScript(), programs });
        expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
      }
    });

    it.each(['migrate', 'restore'])(
      'lets a guest without mdevs through %s without starting Node',
      async (operation) => {
        const result = await callHook(['plain', operation, 'begin', '-'], { xml: PLAIN, shell: shell.words });
        expect(result).toMatchObject({ status: 0, stdout: '', stderr: '', nodeStarted: false, journal: [] });
      },
    );

    it.each(['migrate', 'restore'])('refuses a guest whose mdev is not here on %s', async (operation) => {
      const result = await callHook(['mdevguest', operation, 'begin', '-'], { xml: MDEV, shell: shell.words });
      expect(result).toMatchObject({ status: 1, stdout: '', nodeStarted: true });
      expect(result.stderr).toMatch(
        /^mdev-preflight: refused: guest 'mdevguest', mdev 83b8f4f2-509f-382f-3c1e-e6bfe0fa1001 at pci:0000:01:00\.0: destination-device-missing: .* Next: .*\n$/,
      );
      expect(result.journal.join()).toMatch(/^-t mdev-preflight -p daemon.warning -- refused: guest 'mdevguest'/);
    });

    it('runs its program from compiled code, and without what starts that', async () => {
      const started = { node: `case $1 in */dist/start.cjs) exec ${NODE} "$@" ;; esac; exit 1` };
      const call = (options: HookOptions): Promise<HookResult> =>
        callHook(['mdevguest', 'migrate', 'begin', '-'], { xml: MDEV, shell: shell.words, ...options });
      expect(await call({ programs: started })).toMatchObject({ status: 1 });
      const home = mkdtempSync(join(tmpdir(), 'uncompiled-'));
      for (const file of ['hooks/qemu', 'dist/hook.cjs']) cpSync(file, join(home, file));
      expect(await call({ script: join(home, 'hooks/qemu') })).toMatchObject({ status: 1 });
    });

    it('refuses input that was cut off', async () => {
      const cut = await callHook(['x', 'migrate', 'begin', '-'], { xml: PLAIN.slice(0, 80), shell: shell.words });
      expect(cut.status).not.toBe(0);
      const programs = { tr: 'head -c 1200; exit 1', head: 'exec /usr/bin/head "$@"' };
      const died = await callHook(['x', 'migrate', 'begin', '-'], { xml: PLAIN, shell: shell.words, programs });
      expect(died.status).toBe(3);
      expect(died.stderr).toContain('standard input could not be read to its end');
    });

    it('tells a refusal of its own in one line without control characters, whatever the guest is called', async () => {
      const name = 'a\\nFAKE\\0033[31mX\\c\u001b[2J\n\u00fc';
      const result = await callHook([name, 'migrate', 'begin', '-'], {
        xml: MDEV,
        shell: shell.words,
        programs: { node: null },
      });
      expect(result.status).toBe(3);
      expect(result.stderr).toMatch(/^mdev-preflight: refused: guest '[ -~]*': it has mdevs, [ -~]* Next: [ -~]*\n$/);
    });

    it('takes no longer for text that a pattern could stumble over', async () => {
      const instructions = `<metadata><a xmlns='u'>${'<?xml-a?>'.repeat(100_000)}</a></metadata>`;
      const xml = PLAIN.replace('<devices>', `${instructions}<devices>`);
      const result = await callHook(['x', 'migrate', 'begin', '-'], { xml, shell: shell.words });
      expect(result).toMatchObject({ status: 0, stdout: '', stderr: '', nodeStarted: false });
      expect(result.milliseconds).toBeLessThan(2000);
    });

    it('refuses empty input', async () => {
      const result = await callHook(['x', 'migrate', 'begin', '-'], { xml: '', shell: shell.words });
      expect(result.status).toBe(3);
      expect(result.stderr).toMatch(/there is no domain XML on standard input\. Next: see .*: journalctl -u libvirtd /);
    });

    it('takes a guest name for nothing but a name', async () => {
      for (const name of ['-x', '--help', '$(touch /tmp/mdev-preflight-injected)', '`id`', 'a\'b"c', '*', '%s\\n']) {
        const result = await callHook([name, 'migrate', 'begin', '-'], { xml: MDEV, shell: shell.words });
        expect(result.status).toBe(1);
        expect(result.stderr).toMatch(/^mdev-preflight: refused: guest 'mdevguest'/);
      }
      expect(readdirSync('/tmp')).not.toContain('mdev-preflight-injected');
    });
  });
}
