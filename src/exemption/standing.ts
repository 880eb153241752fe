// Whether an exemption holds at a moment of this host's clock. In doubt it does not.
import type { ExemptionReading, ExemptionStanding } from '../model/exemption.ts';

// Hosts that keep time agree to less; an hour between them means that one has its zone wrong.
const CLOCKS_AGREE_TO = 5000;

export function exemptionStanding(reading: ExemptionReading, now: Date): ExemptionStanding {
  if (reading.kind === 'none') return { state: 'none' };
  if (reading.kind === 'invalid') return { state: 'void', why: reading.problem, exemption: null };
  const { exemption } = reading;
  const { from, until } = exemption;
  const here = now.getTime();
  // Each is asked for a yes, which a time that is none (NaN) never gives.
  const begun = Date.parse(from) - here <= CLOCKS_AGREE_TO;
  const lasts = here < Date.parse(until);
  if (begun && lasts) return { state: 'holds', exemption };
  const clock = now.toISOString();
  const why = begun
    ? `it ended at ${until}, and this host's clock says ${clock}`
    : `it begins at ${from}, and this host's clock says ${clock}: the clocks disagree, so its end cannot be told`;
  return { state: 'void', why, exemption };
}
