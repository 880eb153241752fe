// A moment as the stamp and the exemption write it.

/** Reads `YYYY-MM-DDTHH:MM:SSZ`, a fraction of a second allowed; gives null for anything else. */
export function parseTime(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text)) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return null;
  // Date takes 30 February for 2 March, and 24:00 for the next day.
  return time.toISOString().slice(0, 19) === text.slice(0, 19) ? time : null;
}
