// What hooks/qemu takes from `hook.cjs conclude`, which speaks where the process that asks never came to its
// reply: whole refusals, whole acceptances by exemption, and nothing else.
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/config.ts';
import { begin, readHookGuest } from '../../src/hook/hook.ts';
import { frameReply, type HookReply } from '../../src/hook/reply.ts';
import { exempt, exemptionAround } from '../exemption/parts.ts';
import { NODE } from '../node/under-test.ts';
import { callHook, captured, type HookResult } from './call.ts';
import { SHELLS } from './shells.ts';

const MDEV = captured('11.3.0-v3-gate-refuses-swver/dst/001-migrate-begin.stdin.xml');
const EXEMPTED: HookReply = {
  status: 0,
  told: '',
  log: 'accepted by exemption: …',
  priority: 'warning',
  document: '<domain>\n  <name>a\\n %s $x `y` *</name>\n</domain>\n',
};
const REFUSED: HookReply = {
  status: 1,
  told: 'mdev-preflight: refused: …\n',
  log: 'refused: …',
  priority: 'warning',
  document: '',
};

describe.each(SHELLS.filter(({ missing }) => !missing))('hooks/qemu run by $name', ({ words: shell }) => {
  /** `answer` tells its first lines and is gone; `conclude` prints `frame`. */
  const concluding = (frame: string): Promise<HookResult> => {
    const octal = [...Buffer.from(frame)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
    const node = `case "$*" in *" answer "*) echo "1 $$"; echo '{}' ;; *" conclude") printf '%b' '${octal}' ;; esac`;
    // The usual one in these tests has another PATH, and so another Node.
    const programs = { node, timeout: 'exec /usr/bin/timeout "$@"' };
    return callHook(['guest', 'migrate', 'begin', '-'], { xml: MDEV, shell, programs, logged: 1 });
  };

  it('takes an acceptance by exemption, with its document and its warning', async () => {
    const result = await concluding(frameReply(EXEMPTED));
    expect(result).toMatchObject({ status: 0, stderr: '', stdout: EXEMPTED.document });
    expect(result.journal.join()).toMatch(/-p daemon\.warning -- accepted by exemption/);
    expect(await concluding(frameReply({ ...EXEMPTED, document: '' }))).toMatchObject({ status: 0, stdout: '' });
  });

  it('takes a refusal', async () => {
    const result = await concluding(frameReply(REFUSED));
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.journal.join()).toMatch(/-p daemon\.warning -- refused/);
  });

  it('takes no other acceptance', async () => {
    for (const frame of [
      frameReply({ ...EXEMPTED, priority: 'info' }),
      frameReply({ ...EXEMPTED, log: '', priority: 'info', document: '' }),
      // Of a release before exemptions.
      '\u001e0\u001e\u001eaccepted: …\u001e\u001eend',
      '',
    ]) {
      const result = await concluding(frame);
      expect(result, JSON.stringify(frame)).toMatchObject({ status: 3, stdout: '' });
      expect(result.stderr).toContain('no driver answered before the deadline');
    }
  });

  it('takes none that was cut anywhere', async () => {
    const frame = frameReply({ ...EXEMPTED, log: 'l', document: '<d/>' });
    const results = await Promise.all(
      Array.from({ length: frame.length }, (_, length) => concluding(frame.slice(0, length))),
    );
    for (const result of results) expect(result).toMatchObject({ status: 3, stdout: '' });
    expect(results).toHaveLength(frame.length);
  });
});

describe('hook.cjs conclude', () => {
  const guest = readHookGuest(Buffer.from(exempt(MDEV, exemptionAround(new Date(), -60, 600))), 'guest', 'migrate');
  if ('status' in guest) throw new Error('a reply');
  const line = `${JSON.stringify(begin(guest, DEFAULT_CONFIG, 'migrate', new Date()))}\n`;
  const step = `${JSON.stringify({ device: 0, look: { kind: 'missing' } })}\n`;
  const conclude = async (input: string): Promise<string> =>
    (await execa(NODE, ['dist/hook.cjs', 'conclude'], { input, reject: false })).stdout;

  it('accepts by an exemption from whole first lines only', async () => {
    const lengths = Array.from({ length: 12 }, (_, part) => Math.floor(((line.length - 2) * part) / 11));
    const cut = await Promise.all(lengths.map((length) => conclude(line.slice(0, length))));
    expect(cut).toEqual(lengths.map(() => ''));
    for (const rest of ['', '\n', `\n${step}`, `\n${step}${step.slice(0, -4)}`]) {
      const [learnt, status, told, log, priority, document, end] = (await conclude(line.trimEnd() + rest)).split(
        '\u001e',
      );
      expect([learnt, status, told, priority, end]).toEqual(['', '0', '', 'warning', 'end']);
      expect(log).toMatch(/^accepted by exemption: .*(?:deadline-exceeded|destination-device-missing)/);
      expect(document).toBe(
        exempt(MDEV, exemptionAround(new Date(), -60, 600)).replace(/<mdev-preflight-exemption:[^>]*>/, ''),
      );
    }
  });
});
