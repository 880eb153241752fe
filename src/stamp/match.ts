// Finds what a stamp says of each hostdev.
import type { MdevHostdev, StampReading } from '../model/domain.ts';
import type { StampedDevice, StampedFacts } from '../model/stamp.ts';

/**
 * By guest address, which migration keeps while a manager may rewrite the UUID; by index only where
 * the hostdev has no address (vfio-ap). An address that the stamp lacks is a device that was changed
 * after the stamp was made. Hostdevs and devices may both be thousands: neither is searched for the other.
 */
export function stampedFacts(reading: StampReading): (hostdev: MdevHostdev) => StampedFacts {
  if (reading.kind !== 'stamp') return () => reading;
  const { devices, host, stampedAt } = reading.stamp;
  const byAddress = new Map<string, StampedDevice>();
  const byIndex = new Map<number, StampedDevice>();
  // readStamp lets no two be at one place.
  for (const device of devices) {
    if (device.guestAddress === null) byIndex.set(device.index, device);
    else byAddress.set(device.guestAddress, device);
  }
  return ({ guestAddress, index }) => {
    const device = guestAddress === null ? byIndex.get(index) : byAddress.get(guestAddress);
    return device === undefined ? { kind: 'other-device' } : { kind: 'device', device, host, stampedAt };
  };
}
