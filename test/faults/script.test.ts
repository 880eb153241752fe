// The script itself, damaged: what it ends with is the status, and libvirt takes 0 for a yes.
import { execa } from 'execa';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { captured } from '../hook/call.ts';
import { PLAIN } from './environment.ts';
import { SHELLS } from '../hook/shells.ts';

const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const SCRIPT = readFileSync('hooks/qemu', 'latin1');
/** Where the first command that is not a comment ends: it decides what is not ours. */
const DECIDED = SCRIPT.indexOf('esac\n') + 5;

describe.each(SHELLS.filter(({ missing }) => !missing))(
  'hooks/qemu run by $name',
  ({ words: [command = '', ...options] }) => {
    const home = mkdtempSync(join(tmpdir(), 'cut-'));
    const call = async (length: number, operation: string, input: string): Promise<number | undefined> => {
      const script = join(home, String(length));
      writeFileSync(script, SCRIPT.slice(0, length), 'latin1');
      const words = [...options, script, 'guest', operation, 'begin', '-'];
      return (await execa(command, words, { input, reject: false, stdout: 'ignore', stderr: 'ignore' })).exitCode;
    };
    const lengths = [...SCRIPT.matchAll(/\n/g)].map(({ index }) => index + 1).filter((length) => length >= DECIDED);

    // An error of the disk ends it at a page, a full disk at a block, an editor anywhere.
    it('that was cut behind any of its lines refuses a guest with mdevs, and lets other operations be', async () => {
      const whole = SCRIPT.length;
      for (const length of [DECIDED - 1, ...lengths.filter((_, index) => index % 3 === 0), whole - 3, 4096]) {
        if (length >= whole - 1) continue;
        expect(await call(length, 'migrate', MDEV), String(length)).not.toBe(0);
      }
      for (const length of [DECIDED, 2048, 4096]) expect(await call(length, 'reconnect', PLAIN)).toBe(0);
    });
  },
);
