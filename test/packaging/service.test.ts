// The unit that keeps stamps true: that it calls what there is, and stays as confined as it is.
import { execaSync } from 'execa';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/arguments.ts';

const UNIT = 'packaging/mdev-preflight.service';
const HAS_SYSTEMD = execaSync('systemd-analyze', ['--version'], { reject: false }).exitCode === 0;

describe(UNIT, () => {
  it('calls what the command line takes', () => {
    const [, command = ''] = /^ExecStart=\/usr\/bin\/mdev-preflight (.*)$/m.exec(readFileSync(UNIT, 'utf8')) ?? [];
    expect(parseCommandLine(command.split(' '))).toMatchObject({
      kind: 'call',
      call: { command: 'stamp', all: true, follow: true },
    });
  });

  it.skipIf(!HAS_SYSTEMD)('exposes next to nothing, as systemd counts it (needs systemd-analyze)', () => {
    // In tenths: 0.9 of 10 is what reading sysfs as root leaves.
    const options = ['security', '--offline=true', '--threshold=9', '--no-pager', UNIT];
    const { exitCode, stdout } = execaSync('systemd-analyze', options, { reject: false });
    expect({ exitCode, verdict: /→ .*/.exec(stdout)?.[0] }).toMatchObject({ exitCode: 0 });
  });
});
