// A line of the table.

export interface Figure {
  readonly what: string;
  /** With its unit. */
  readonly value: string;
  readonly ratio?: string;
  readonly target?: string;
  readonly met?: boolean;
  /** It is of a program that ours are compared with. */
  readonly peer?: true;
}

/** What `times` are counted in: the median of another command of the same run. */
interface Base {
  readonly name: string;
  readonly wall: number;
}

/** A time, and how many times the base's it is; `most`: how many it may be. */
export function time(what: string, wall: number, base?: Base, most?: number): Figure {
  if (base === undefined) return { what, value: inMilliseconds(wall) };
  const times = wall / base.wall;
  const compared = { what, value: inMilliseconds(wall), ratio: `${times.toFixed(2)} x ${base.name}` };
  return most === undefined ? compared : { ...compared, target: `<= ${String(most)} x`, met: times <= most };
}

/** A time of another's program. */
export function peer(what: string, wall: number, base?: Base): Figure {
  return { ...time(what, wall, base), peer: true };
}

/** A number that may be `most` at most. */
export function limited(what: string, value: number, unit: string, most: number): Figure {
  return { what, value: `${short(value)} ${unit}`, target: `<= ${String(most)} ${unit}`, met: value <= most };
}

export function amount(what: string, value: number, unit: string): Figure {
  return { what, value: `${short(value)} ${unit}` };
}

function inMilliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 3 : 2);
}
