// The hook's replies to a guest with an exemption, without a process: of the one that asks, and of the one
// that concludes for it.
import { type Config, DEFAULT_CONFIG } from '../../src/config/config.ts';
import { begin, concludeCutShort, concludeGuest, type HookGuest, readHookGuest } from '../../src/hook/hook.ts';
import type { HookReply } from '../../src/hook/reply.ts';
import type { Progress } from '../../src/preflight/progress.ts';
import { gvtHost } from '../../src/simulation/examples.ts';
import { simulatedSysfs } from '../../src/simulation/memory-io.ts';
import { exemptionAround } from '../exemption/parts.ts';
import { identityOf, progressOn } from '../preflight/exchange.ts';
import { type Situation, stampedGuest } from '../preflight/situations.ts';

export const NOW = new Date('2026-11-22T10:05:00Z');
/** Until five minutes from now. */
export const HOLDS = exemptionAround(NOW, -300, 300);
export const ENDED = new Date('2026-11-22T10:10:00Z');
export const OFF: Config = { ...DEFAULT_CONFIG, restamp: 'off' };
export const STAMP = /<mdev-preflight:stamp[^]*<\/mdev-preflight:stamp>/;

const WHO = "guest 'desktop-7' (22222222-aaaa-4bbb-8ccc-000000000002)";

/** The journal's line, where this is what the refusal would have had. */
export function acceptedLog(refusal: string): string {
  return `accepted by exemption: ${WHO}: ${refusal}; exemption by 'root@alpha' until 2026-11-22T10:10:00Z: 'moving the definition'`;
}

/** A guest whose version the destination's driver rejects. */
export const REJECTED: Situation = { source: gvtHost('alpha', 1), destination: gvtHost('beta', 2) };
export const REJECTED_GUEST = stampedGuest(REJECTED);

export function read(text: string): HookGuest {
  const guest = readHookGuest(Buffer.from(text), 'desktop-7', 'migrate');
  if ('status' in guest) throw new Error(`a reply: ${JSON.stringify(guest)}`);
  return guest;
}

function progressIn({ destination, cut }: Situation, text: string): readonly Progress[] {
  const progress = progressOn(simulatedSysfs(destination), text);
  return cut === undefined ? progress : cut(progress);
}

export function replyTo(situation: Situation, text: string, config = DEFAULT_CONFIG, now = NOW): HookReply {
  const host = identityOf(situation.destination);
  return concludeGuest(read(text), progressIn(situation, text), config, host, now, 'migrate');
}

/** Of the second process, with what the first told before it was given up. */
export function cutShort(
  situation: Situation,
  text: string,
  config = DEFAULT_CONFIG,
  begun = NOW,
  now = begun,
): HookReply {
  const told = JSON.parse(JSON.stringify(begin(read(text), config, 'migrate', begun))) as ReturnType<typeof begin>;
  return concludeCutShort(told, progressIn(situation, text), identityOf(situation.destination), now);
}
