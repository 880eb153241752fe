// A migration_version: opaque bytes. Nothing here looks inside one.

/**
 * The bytes of a `migration_version`, one character (0 to 255) a byte, exactly as read(2) gave them.
 * A string, so that it compares, prints as JSON and travels between processes without a codec.
 */
export type VersionBytes = string & { readonly __brand: 'VersionBytes' };

/** PATH_MAX: the longest version the kernel series allows, and the most that reaches a driver in one write. */
export const VERSION_LIMIT = 4096;

export function versionFromBuffer(buffer: Uint8Array): VersionBytes {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString('latin1') as VersionBytes;
}

export function versionToBuffer(version: VersionBytes): Buffer {
  return Buffer.from(version, 'latin1');
}

/**
 * Says why a version must not be offered to a driver, or null.
 * Empty: a zero-length write(2) returns 0 without asking the driver (Linux, fs/sysfs/file.c, sysfs_kf_write).
 * NUL: `store` gets a NUL-terminated buffer, the driver would judge another string.
 * Longer than a page: kernfs cuts it, and the driver would judge the beginning only.
 */
export function versionProblem(version: VersionBytes): string | null {
  if (version.length === 0) return 'is empty';
  if (version.length > VERSION_LIMIT)
    return `has ${String(version.length)} bytes; the limit is ${String(VERSION_LIMIT)}`;
  // eslint-disable-next-line no-control-regex -- the control characters are what is looked for
  if (!/^[\x01-\x7f]*$/.test(version)) return 'is not ASCII without NUL';
  return null;
}

/**
 * A version as one word of printable ASCII, for the stamp: `%` and two hexadecimal digits for
 * every byte that XML, white-space normalisation or a re-serialiser could touch.
 */
export function encodeVersion(version: VersionBytes): string {
  return version.replace(
    /[^A-Za-z0-9._:/+=@,;()[\]{}*~!?^|#$-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** The bytes behind `encodeVersion`'s word, or null where it is not such a word. */
export function decodeVersion(word: string): VersionBytes | null {
  if (!/^(?:[!-$&-~]|%[0-9A-Fa-f]{2})*$/.test(word)) return null;
  return word.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) as VersionBytes;
}
