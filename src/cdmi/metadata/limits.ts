import { OcciError, quoteToken } from '../../occi/errors.ts';
import type { JsonObject } from '../object.ts';

/** How much metadata an object may have (ISO/IEC 17826 §12.1.1); what the system adds does not count. */
export interface MetadataLimits {
  /** `cdmi_metadata_maxitems` */
  readonly items: number;
  /** Bytes of the name and the value of one item, as JSON: `cdmi_metadata_maxsize`. */
  readonly itemBytes: number;
  /** The same of all items together: `cdmi_metadata_maxtotalsize`. */
  readonly totalBytes: number;
}

/** Enough for people and programs, and little enough to be read with every object. */
export const usualLimits: MetadataLimits = { items: 1024, itemBytes: 65_536, totalBytes: 262_144 };

/**
 * Lets metadata pass that stays within limits.
 *
 * @throws OcciError `too-large`
 */
export function checkLimits(metadata: JsonObject, { items, itemBytes, totalBytes }: MetadataLimits): void {
  const all = Object.entries(metadata);
  if (all.length > items) throw tooLarge(`${all.length} items of metadata are more than ${items}`);
  let total = 0;
  for (const [name, value] of all) {
    const size = Buffer.byteLength(name) + Buffer.byteLength(JSON.stringify(value));
    if (size > itemBytes) throw tooLarge(`${quoteToken(name)} has ${size} bytes, more than ${itemBytes}`, name);
    total += size;
  }
  if (total > totalBytes) throw tooLarge(`the metadata has ${total} bytes, more than ${totalBytes}`);
}

function tooLarge(message: string, token?: string): OcciError {
  return new OcciError('too-large', message, token === undefined ? {} : { token });
}
