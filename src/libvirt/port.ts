// What this program needs of libvirt: to find guests, read their XML, set their metadata, and hear what
// happens to them. Guests are named by UUID only, for a name may look like an id. It may also look like a UUID
// that no guest has: whoever reads a guest's XML sees there whether it is the one that was meant.
import type { Release } from '../model/release.ts';
import type { Uuid } from '../model/uuid.ts';

/** A guest as libvirt lists it. */
export interface ListedGuest {
  readonly uuid: Uuid;
  /** Printed by libvirt; may hold anything but a slash. */
  readonly name: string;
}

/** Why libvirt did not do what it was asked. `text` is its own words, or the system's. */
export type LibvirtFailure = { readonly text: string } & (
  | { readonly kind: 'no-virsh' }
  /** No connection, or it broke. */
  | { readonly kind: 'unreachable' }
  /** No such guest, or it does not run (any more). */
  | { readonly kind: 'no-guest' }
  /** The connection leads to another host; `text` is its URI. */
  | { readonly kind: 'elsewhere' }
  /** A job holds the guest: a migration, a save, a dump. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed' }
);

export type Libvirts<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: LibvirtFailure };

/** Something happened to a guest. `name` null: to which, could not be read. */
export interface GuestEvent {
  /** As virsh names it: `lifecycle`, `device-added`, … */
  readonly kind: string;
  readonly name: string | null;
  /** `Started Booted`, `type element, uri urn:…`. */
  readonly detail: string;
}

/** Null: not told. */
export interface Versions {
  readonly daemon: Release | null;
  readonly qemu: Release | null;
}

export interface Libvirt {
  /** Whether there is a libvirt of this host behind the connection. */
  connects(): Promise<Libvirts<null>>;
  /** The releases of the daemon and of the QEMU it would run. */
  versions(): Promise<Libvirts<Versions>>;
  /**
   * `running`: only guests that are active, paused ones too. `persistent`: those with a definition that stays.
   * `saved`: those whose next start restores a managed save.
   */
  guests(which: 'running' | 'persistent' | 'saved' | 'all'): Promise<Libvirts<readonly ListedGuest[]>>;
  /** The guest's XML, without passwords. `config`: the persistent definition, as its next start will see it. */
  xml(guest: Uuid, which: 'current' | 'config'): Promise<Libvirts<string>>;
  /** Whether a job holds the guest, so that nothing of it can be changed. */
  busy(guest: Uuid): Promise<Libvirts<boolean>>;
  /**
   * Sets the one metadata element of a namespace, or removes it (`element` null; also where there is none).
   * `element` is without prefixes and without a declaration of its namespace: libvirt adds both.
   * `live`: of the running guest, for as long as it runs; `config`: of its persistent definition.
   */
  setMetadata(
    guest: Uuid,
    where: 'live' | 'config',
    namespace: MetadataNamespace,
    element: string | null,
  ): Promise<Libvirts<null>>;
  /**
   * Tells events until the connection ends, and resolves to why it did. `ready` comes once, when events
   * are about to be told: what happened before it has to be found out otherwise.
   */
  watch(handlers: { readonly ready: () => void; readonly event: (event: GuestEvent) => void }): Promise<LibvirtFailure>;
}

export interface MetadataNamespace {
  readonly uri: string;
  /** The prefix libvirt writes the element with. */
  readonly prefix: string;
}
