// What runs virsh, with a virsh that only says what one would say: `stamp --all --follow` from its start to its end.
import { execa } from 'execa';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FIRST_MDEV, guestXml } from '../../src/simulation/examples.ts';

const PROGRAM = join(process.cwd(), 'bin/mdev-preflight');
const GUEST = '22222222-aaaa-4bbb-8ccc-000000000002';

it('follows the guests on the word of virsh, and ends with it when it is told to end', async () => {
  const home = mkdtempSync(join(tmpdir(), 'follow-'));
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(home, 'guest.xml'), guestXml('desktop-7', [FIRST_MDEV]));
  const virsh = `#!/bin/sh
shift 3
case $1 in
uri) echo test:///default ;;
uri*) echo $$ >'${home}/pid'; echo test:///default; exec sleep 1000 ;;
list) echo '${GUEST} desktop-7' ;;
dumpxml) cat '${home}/guest.xml' ;;
domjobinfo) echo 'Job type:         None' ;;
*) exit 0 ;;
esac
`;
  writeFileSync(join(bin, 'virsh'), virsh);
  chmodSync(join(bin, 'virsh'), 0o755);
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const args = ['stamp', '--all', '--connect', 'test:///default', '--sysfs-root', home];

  const once = await execa(PROGRAM, args, { env, reject: false });
  expect(once.exitCode).toBe(3);
  expect(once.stderr).toContain(`guest 'desktop-7' (${GUEST}): mdev ${FIRST_MDEV} is not on this host`);

  const following = execa(PROGRAM, [...args, '--follow'], { env, reject: false, all: true });
  let told = '';
  for await (const line of following.iterable({ from: 'stderr' })) {
    told += `${line}\n`;
    if (line.includes('is not on this host')) following.kill('SIGTERM');
  }
  expect(await following).toMatchObject({ exitCode: 0, stdout: '' });
  expect(told).toMatch(/^mdev-preflight: following the guests of test:\/\/\/default\n/);
  expect(told).toMatch(/\nmdev-preflight: ended\n$/);
  const pid = Number(readFileSync(join(home, 'pid'), 'utf8'));
  await expect.poll(() => alive(pid)).toBe(false);
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
