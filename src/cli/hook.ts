// `mdev-preflight hook NAME OPERATION SUB-OPERATION EXTRA`: the hook by hand, with the same words and statuses.
import { ConfigError, DEFAULT_CONFIG } from '../config/config.ts';
import { DEFAULT_CONFIG_FILE } from '../config/load.ts';
import { concludeGuest, configRefusal, readHookGuest, unlessExempt } from '../hook/hook.ts';
import type { Operation } from '../model/verdict.ts';
import type { HookReply } from '../hook/reply.ts';
import { type Call, UsageError } from './arguments.ts';
import { type Context, gatherGuest, settingsOf } from './context.ts';

export async function hook(call: Call, context: Context): Promise<number> {
  const [name, operation, subOperation, extra, ...others] = call.words;
  if (name === undefined || extra === undefined || others.length > 0)
    throw new UsageError('hook takes NAME OPERATION SUB-OPERATION EXTRA');
  if (subOperation !== 'begin' || (operation !== 'migrate' && operation !== 'restore')) return 0;
  const { terminal, journal } = context;
  const { status, told, document, log, priority } = await replyTo(name, operation, call, context);
  if (told !== '') terminal.err(told);
  if (document !== '') terminal.out(document);
  if (log !== '') journal(log, priority);
  return status;
}

async function replyTo(name: string, operation: Operation, call: Call, context: Context): Promise<HookReply> {
  const guest = readHookGuest(context.terminal.read('-'), name, operation);
  if ('status' in guest) return guest;
  try {
    const settings = settingsOf(call);
    const progress = await gatherGuest(guest, settings, true, context);
    return concludeGuest(guest, progress, settings.config, context.host, context.now(), operation);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const refusal = configRefusal(error, call.config ?? DEFAULT_CONFIG_FILE, name);
    return unlessExempt(refusal, guest, DEFAULT_CONFIG, context.now());
  }
}
