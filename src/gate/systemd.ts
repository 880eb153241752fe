// When systemd last had a service look at its configuration again.
//
// ActiveEnterTimestamp is when the service had started; StateChangeTimestamp is newer once it went from
// active to reloading and back, and stays so across daemon-reload, which ExecReload's own start_time does not
// (observed with systemd 252). A SIGHUP that somebody sent by hand leaves no trace there.

export interface Unit {
  readonly name: string;
  readonly mainPid: number;
  /** Milliseconds since 1970; null where it was not reloaded since it started, or that failed. */
  readonly reloadedAt: number | null;
}

/** What to ask of `systemctl show`, before the names of the units. */
export const UNIT_QUERY = [
  'show',
  '--timestamp=us+utc',
  '--property=Id,MainPID,ActiveEnterTimestamp,StateChangeTimestamp,ReloadResult',
];

/** A paragraph a unit; those that do not run have no process. */
export function parseUnits(text: string): Unit[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const values = new Map([...paragraph.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value ?? '']));
    const mainPid = Number(values.get('MainPID') ?? '0');
    if (!(mainPid > 0)) return [];
    const entered = moment(values.get('ActiveEnterTimestamp'));
    const changed = moment(values.get('StateChangeTimestamp'));
    const reloaded = values.get('ReloadResult') === 'success' && changed !== null && entered !== null;
    return [{ name: values.get('Id') ?? '', mainPid, reloadedAt: reloaded && changed > entered ? changed : null }];
  });
}

// "Sun 2026-11-22 10:59:26.687310 UTC"
function moment(text = ''): number | null {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?) UTC$/.exec(text) ?? [];
  if (day === undefined || time === undefined) return null;
  const milliseconds = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}
