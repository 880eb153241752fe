// `make vm-shell`: the two hosts, installed, with a guest on alpha, for whoever wants to type what the stories type. Not a
// test: it has the form of one for what vitest.vm.config.ts prepares.
import { once } from 'node:events';
import { test } from 'vitest';
import { DEVICE, startHostsWithGuest } from './desktop.ts';

test('alpha and beta are up, until this is interrupted', { timeout: 0 }, async ({ signal }) => {
  const hosts = await startHostsWithGuest();
  const { alpha, beta } = hosts;
  process.stdout.write(`
alpha:  ${alpha.shell}
beta:   ${beta.shell}

Guest 'desktop' runs on alpha, and beta has its mdev. For example:
  beta#   echo 2 >/sys/kernel/debug/gvt_sample/${beta.gpu.parent}/software_version
  alpha#  virsh migrate --live desktop qemu+tcp://beta/system
  beta#   cat ${DEVICE}/contents
What the drivers can be told to do: test/vm/driver/README.md. Ctrl-C ends it, and whatever was done on the machines is gone.
`);
  if (!signal.aborted) await once(signal, 'abort');
  await hosts.stop();
});
