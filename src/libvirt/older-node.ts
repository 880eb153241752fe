// What execa takes of Node and 18.15 does not have yet: execa asks for 18.19. A later Node keeps its own.
// It also takes util.aborted, for pipes between programs; nothing here has any.
import events from 'node:events';
import stream from 'node:stream';

function supply(module: object, name: string, value: unknown): void {
  if (!(name in module)) Object.assign(module, { [name]: value });
}

supply(events, 'addAbortListener', (signal: AbortSignal, listener: () => void): void => {
  if (signal.aborted) queueMicrotask(listener);
  else signal.addEventListener('abort', listener, { once: true });
});

supply(stream, 'getDefaultHighWaterMark', (objectMode: boolean): number => {
  return new stream.Readable({ objectMode }).readableHighWaterMark;
});
