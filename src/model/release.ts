// The release of another program: libvirt, QEMU, Node. Not to be taken for a driver's version, which is opaque.

export type Release = readonly [major: number, minor: number, patch: number];

/** The first release in a text, or null. */
export function parseRelease(text: string): Release | null {
  const found = /(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?/.exec(text);
  return found === null ? null : [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

export function isBefore(one: Release, other: Release): boolean {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}

export function releaseText(release: Release): string {
  return release.join('.');
}
