// `doctor`, which root runs, runs nothing by the word of others: on a machine in a temporary directory.
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { DIRECTORY, type processFiles } from '../gate/tree.ts';
import { HOOK, Machine } from './doctor-machine.ts';

describe('doctor', () => {
  it('runs nothing on a PATH where others may write', async () => {
    const machine = new Machine();
    const ran = machine.place('ran');
    for (const name of ['node', 'tr']) writeFileSync(join(machine.bin(), name), `#!/bin/sh\ntouch ${ran}\n`);
    chmodSync(machine.bin(), 0o777);
    const { status, notFine } = await machine.findings();
    expect(status).toBe(1);
    expect(notFine).toMatchObject([
      { id: 'node', result: 'fail' },
      { id: 'self-test', result: 'warn', message: expect.stringMatching(/^not run: /) as string },
    ]);
    expect(existsSync(ran)).toBe(false);
  });

  it.each([
    ['is a user’s', { uids: [65534, 65534, 65534, 65534] }, 'the usual PATH'],
    ['is root’s and another program', { program: '/usr/bin/sudo' }, 'the usual PATH'],
    ['is in a container', { root: '../../var' }, 'the usual PATH'],
    ['may be in one', { root: '../uptime' }, 'the PATH of libvirtd (process 9999991)'],
  ] satisfies [string, Partial<Parameters<typeof processFiles>[1]>, string][])(
    'does not take the PATH of a process that %s',
    async (_, process, whose) => {
      const machine = new Machine();
      // With the usual PATH it would write to the journal of who runs the tests.
      rmSync(machine.place(HOOK));
      machine.put('/var', DIRECTORY);
      machine.run(9999991, { name: 'libvirtd', environment: [`PATH=${machine.bin()}`], ...process });
      const { checks } = JSON.parse((await machine.doctor('--json')).stdout) as { checks: Finding[] };
      expect(checks.find(({ id }) => id === 'node')?.message).toContain(`on ${whose}, /usr/sbin:/usr/bin:/sbin:/bin`);
    },
  );
});
