import { essenceOf, readMediaType, saysUtf8, unknownBytes } from '../../cdmi/media-type.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { type Placement, readPlacement } from './byte-ranges.ts';
import type { Part } from './multipart-reader.ts';

/** A part that is a value as it is, or a range of one. */
export interface ValuePart {
  readonly mimetype: string;
  /** Whether it says that it is UTF-8. */
  readonly isText: boolean;
  /** Which range it is; undefined where it does not say so. */
  readonly place: Placement | undefined;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reads what a part says of itself. @throws OcciError `invalid-request` */
export function readValuePart({ headers, body }: Part): ValuePart {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
  if (!['binary', '8bit', '7bit'].includes(encoding)) throw invalid(`parts are not read in ${encoding}`, encoding);
  const mimetype = readMediaType(headers.get('content-type') ?? unknownBytes);
  const place = readPlacement(headers.get('content-range'));
  return { mimetype, isText: saysUtf8(mimetype), place, bytes: body };
}

/** The media type of a part, without parameters; empty where it has none. */
export function mediaTypeOf({ headers }: Part): string {
  return essenceOf(headers.get('content-type') ?? '').toLowerCase();
}
