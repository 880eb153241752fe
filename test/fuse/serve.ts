// node fuse-serve.cjs HOST.json MOUNTPOINT SEEN.jsonl [plain-files]
//
// Mounts a simulated host (docs/simulated-hosts.md) and serves it until it is unmounted or SIGTERM.
// HOST.json is read anew when it changes. Says "ready" once mounted. SIGUSR1 lets hanging drivers answer.
// A process of its own: one that served and asked at once would wait for itself.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, constants, openSync, read, readFileSync, writeSync } from 'node:fs';
import type { SimulatedHost } from '../../src/simulation/description.ts';
import { type Directory, hostTree } from '../../src/simulation/tree.ts';
import { FuseServer } from './server.ts';

const [hostFile = '', mountpoint = '', seenFile = '', kind] = process.argv.slice(2);
const records: string[] = [];

// As the kernel does it: what is not printable stands as \xNN.
function log(line: string): void {
  const text = line.replace(/[^ -~]|\\/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  records.push(`3,${String(records.length)},${String(process.hrtime.bigint() / 1000n)},-;${text}\n`);
}

let current: { readonly text: string; readonly host: SimulatedHost; readonly tree: Directory } | undefined;
// By content: two changes within a tick of the clock have the same time.
function currentHost(): NonNullable<typeof current> {
  const text = readFileSync(hostFile, 'utf8');
  if (current?.text !== text) {
    const host = JSON.parse(text) as SimulatedHost;
    current = { text, host, tree: hostTree(host, log, () => records.join('')) };
  }
  return current;
}

const device = openSync('/dev/fuse', constants.O_RDWR);
const server = new FuseServer({
  tree: () => currentHost().tree,
  stuck: () => currentHost().host.stuck,
  plainFiles: kind === 'plain-files',
  send: (message) => {
    try {
      writeSync(device, message);
    } catch (error) {
      // ENOENT: who asked is gone. ENODEV: unmounted. EINVAL would be an errno that FUSE does not carry (512 and up).
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ENOENT' && code !== 'ENODEV') throw error;
    }
  },
  seen: (operation) => {
    appendFileSync(seenFile, `${JSON.stringify(operation)}\n`);
  },
});

const buffer = Buffer.alloc(256 * 1024);
function serveNext(): void {
  read(device, buffer, 0, buffer.length, null, (error, count) => {
    // EPERM: not mounted yet. ENODEV: unmounted.
    if (error?.code === 'EPERM') return void setTimeout(serveNext, 2);
    if (error !== null && !['EINTR', 'EAGAIN', 'ENOENT'].includes(error.code ?? '')) process.exit(0);
    if (error === null) server.handle(Buffer.from(buffer.subarray(0, count)));
    serveNext();
  });
}

process.on('SIGUSR1', () => {
  server.release();
});
process.on('SIGTERM', () => {
  spawnSync('umount', ['-l', mountpoint]);
  process.exit(0);
});

serveNext();
const options = 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other';
spawn('mount', ['-i', '-t', 'fuse', '-o', options, 'simulated-host', mountpoint], {
  stdio: ['ignore', 2, 2, device],
}).on('exit', (code) => {
  if (code !== 0) process.exit(1);
  process.stdout.write('ready\n');
});
