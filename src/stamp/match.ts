// Finds what a stamp says of one hostdev.
import type { MdevHostdev, StampReading } from '../model/domain.ts';
import type { StampedFacts } from '../model/stamp.ts';

/**
 * By guest address, which migration keeps while a manager may rewrite the UUID; by index only where
 * the hostdev has no address (vfio-ap). An address that the stamp lacks is a device that was changed
 * after the stamp was made.
 */
export function stampedFacts(reading: StampReading, hostdev: MdevHostdev): StampedFacts {
  if (reading.kind !== 'stamp') return reading;
  const { devices, host, stampedAt } = reading.stamp;
  const device = devices.find(
    (candidate) =>
      candidate.guestAddress === hostdev.guestAddress &&
      (hostdev.guestAddress !== null || candidate.index === hostdev.index),
  );
  return device === undefined ? { kind: 'other-device' } : { kind: 'device', device, host, stampedAt };
}
