// `mdev-preflight stamp --all --follow`: keeps all stamps true until it is told to end.
import { printable } from '../model/printable.ts';
import { follow, type FollowNews } from '../preflight/follow.ts';
import { type Stamping, stampGuest } from '../preflight/stamping.ts';
import type { Call } from './arguments.ts';
import { failureText, refusal, uriOf } from './connect.ts';
import { type Context, settingsOf, stampingPorts } from './context.ts';
import { stampingWords } from './stamping-words.ts';

export async function followGuests(call: Call, context: Context): Promise<number> {
  const uri = uriOf(call);
  const settings = settingsOf(call);
  const signal = context.ended();
  const libvirt = await context.libvirt(uri, signal);
  const ports = stampingPorts(libvirt, settings, context, signal);
  const failure = await follow(
    {
      libvirt,
      stamp: async (guest): Promise<Stamping> => {
        try {
          return await stampGuest(guest, ports, true);
        } catch (error) {
          // One guest's trouble must not end the care for all others.
          const text = error instanceof Error ? error.message : String(error);
          return { state: 'failed', failure: { kind: 'failed', text } };
        }
      },
      tell: (news) => {
        for (const { priority, line } of newsLines(news, uri)) context.terminal.log(line, priority);
      },
    },
    signal,
  );
  if (failure !== null) throw refusal(failure, uri);
  context.terminal.log('ended', 'info');
  return 0;
}

interface LogLine {
  readonly priority: 'info' | 'warning';
  readonly line: string;
}

function newsLines(news: FollowNews, uri: string): LogLine[] {
  switch (news.kind) {
    case 'connected':
      return [{ priority: 'info', line: `following the guests of ${uri}` }];
    case 'lost':
      return [{ priority: 'warning', line: `${failureText(news.failure, uri)}; trying again` }];
    case 'guest': {
      const { text, more } = stampingWords(news.stamping, uri);
      const name = `guest '${printable(news.guest.name)}' (${news.guest.uuid})`;
      const contest = news.contested ? '; something else keeps changing its stamp: left alone for a minute' : '';
      const priority = news.stamping.state === 'stamped' && !news.contested ? 'info' : 'warning';
      return [
        { priority, line: `${name}: ${text}${contest}` },
        ...more.map((line): LogLine => ({ priority: 'warning', line: `${name}: ${line}` })),
      ];
    }
  }
}
