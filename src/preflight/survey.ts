// Surveys a whole host, for `list`.
import type { DeviceLook, OfferedType, Waiting } from '../model/facts.ts';
import { parseUuid } from '../model/uuid.ts';
import { announcing, type SysfsIo } from '../sysfs/io.ts';
import { activeMdevs, describeType, type Listing, lookUpDevice, parents, typesOf } from '../sysfs/look.ts';

/** One step of a survey, told as it is made. */
export type SurveyStep =
  | { readonly waiting: Waiting }
  /** A parent device, before its types. */
  | { readonly parent: string }
  | { readonly type: OfferedType }
  | { readonly mdev: { readonly uuid: string; readonly look: DeviceLook } }
  | { readonly failed: { readonly path: string; readonly errno: number } };

/** Tells every type of every parent device, then every active mdev; what cannot be listed is told as failed. */
export function survey(io: SysfsIo, expired: () => boolean, emit: (step: SurveyStep) => void): void {
  const host = announcing(io, (waiting) => {
    emit({ waiting });
  });
  const names = (listing: Listing): readonly string[] => {
    if (listing.ok) return listing.value;
    emit({ failed: { path: listing.path, errno: listing.errno } });
    return [];
  };
  for (const parent of names(parents(host))) {
    emit({ parent });
    for (const type of names(typesOf(host, parent))) {
      if (expired()) return;
      emit({ type: describeType(host, parent, type) });
    }
  }
  for (const uuid of names(activeMdevs(host)).map(parseUuid)) {
    if (expired()) return;
    if (uuid !== null) emit({ mdev: { uuid, look: lookUpDevice(host, uuid) } });
  }
}
