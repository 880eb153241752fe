// A libvirt in memory: guests with their XML and metadata, jobs, events, a connection that can be lost.
import type { GuestEvent, Libvirt, LibvirtFailure, Libvirts, MetadataNamespace } from '../../src/libvirt/port.ts';
import type { Uuid } from '../../src/model/uuid.ts';

export interface MemoryGuest {
  readonly uuid: Uuid;
  name: string;
  xml: string;
  running: boolean;
  busy: boolean;
}

type Watching = Parameters<Libvirt['watch']>[0];

export class MemoryLibvirt implements Libvirt {
  readonly guestsHere = new Map<string, MemoryGuest>();
  /** Every call, as `name uuid …`. */
  readonly calls: string[] = [];
  /** Called behind each change of metadata: what somebody else does at that moment. */
  meanwhile: ((guest: MemoryGuest, namespace: string) => void) | null = null;
  /** The failure that the next calls of that name give. */
  readonly failures = new Map<keyof Libvirt, LibvirtFailure>();
  #watching: { readonly handlers: Watching; readonly end: (failure: LibvirtFailure) => void } | null = null;
  watches = 0;

  add(uuid: string, name: string, xml: string): MemoryGuest {
    const guest: MemoryGuest = { uuid: uuid as Uuid, name, xml, running: true, busy: false };
    this.guestsHere.set(uuid, guest);
    return guest;
  }

  connects(): Promise<Libvirts<null>> {
    return this.#answer('connects', '', () => null);
  }

  versions(): ReturnType<Libvirt['versions']> {
    return this.#answer('versions', '', () => ({ daemon: [11, 3, 0], qemu: [10, 0, 2] }));
  }

  guests(which: Parameters<Libvirt['guests']>[0]): ReturnType<Libvirt['guests']> {
    return this.#answer('guests', which, () =>
      [...this.guestsHere.values()]
        .filter(({ running }) => running || which !== 'running')
        .map(({ uuid, name }) => ({ uuid, name })),
    );
  }

  xml(uuid: Uuid): Promise<Libvirts<string>> {
    return this.#ofGuest('xml', uuid, '', ({ xml }) => xml);
  }

  busy(uuid: Uuid): Promise<Libvirts<boolean>> {
    return this.#ofGuest('busy', uuid, '', ({ busy }) => busy);
  }

  setMetadata(
    uuid: Uuid,
    where: 'live' | 'config',
    { uri, prefix }: MetadataNamespace,
    element: string | null,
  ): Promise<Libvirts<null>> {
    return this.#ofGuest('setMetadata', uuid, `${where} ${uri} ${element === null ? 'remove' : 'set'}`, (guest) => {
      guest.xml = withMetadata(guest.xml, uri, prefix, element);
      this.meanwhile?.(guest, uri);
      return null;
    });
  }

  watch(handlers: Watching): Promise<LibvirtFailure> {
    this.watches += 1;
    const failure = this.failures.get('watch');
    if (failure !== undefined) return Promise.resolve(failure);
    return new Promise((resolve) => {
      this.#watching = { handlers, end: resolve };
      handlers.ready();
    });
  }

  /** Something happens. */
  happen(event: GuestEvent): void {
    this.#watching?.handlers.event(event);
  }

  loseConnection(failure: LibvirtFailure = { kind: 'unreachable', text: 'end of file' }): void {
    this.#watching?.end(failure);
    this.#watching = null;
  }

  #ofGuest<T>(name: keyof Libvirt, uuid: Uuid, more: string, value: (guest: MemoryGuest) => T): Promise<Libvirts<T>> {
    const guest = this.guestsHere.get(uuid);
    if (guest?.running === true)
      return this.#answer(name, `${uuid}${more === '' ? '' : ` ${more}`}`, () => value(guest));
    return Promise.resolve({ ok: false, failure: { kind: 'no-guest', text: 'domain is not running' } });
  }

  #answer<T>(name: keyof Libvirt, more: string, value: () => T): Promise<Libvirts<T>> {
    this.calls.push(`${name} ${more}`.trim());
    const failure = this.failures.get(name);
    return Promise.resolve(failure === undefined ? { ok: true, value: value() } : { ok: false, failure });
  }
}

// What virDomainSetMetadata does: one element a namespace, prefix and declaration added to it and to
// what is in it (observed with libvirt 9.0.0).
function withMetadata(xml: string, uri: string, prefix: string, element: string | null): string {
  const old = new RegExp(`\\s*<([\\w:-]+) xmlns(?::[\\w-]+)?="${uri}"(?:[^>]*/>|[^]*?</\\1>)`);
  const rest = xml.replace(old, '');
  if (element === null) return rest;
  const named = element
    .replace(/<(\/?)(\w)/g, `<$1${prefix}:$2`)
    .replace(/^<[\w-]+:\w+/, `$& xmlns:${prefix}="${uri}"`);
  const has = rest.includes('<metadata>');
  return has
    ? rest.replace('<metadata>', `<metadata>\n    ${named}`)
    : rest.replace('</name>', `</name>\n  <metadata>\n    ${named}\n  </metadata>`);
}
