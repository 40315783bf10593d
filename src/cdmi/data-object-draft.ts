import type { Encoding } from './encoding.ts';
import type { MetadataRequest } from './metadata/change.ts';
import type { JsonObject } from './object.ts';
import type { Source } from './object-request.ts';

/** What a request says about a data object, in whichever style. What is not there stays, or is as usual. */
export interface DataObjectDraft {
  readonly mimetype?: string;
  readonly encoding?: Encoding;
  readonly metadata: MetadataRequest;
  readonly others?: JsonObject;
  readonly domainURI?: string;
  readonly copy?: Source['from'];
  /** The values of a queue that are copied leave it (§8.2.7, `move`). */
  readonly leaving?: true;
  readonly content?: Content;
  /** More is to come (`X-CDMI-Partial`, ISO/IEC 17826 §6.2.3). */
  readonly isPartial: boolean;
}

/** Bytes that a request brings. */
export interface Content {
  /** Where the first one goes, where that is known before they come; without it they are all of the value. */
  readonly at?: number;
  /** How the value is shown when nothing is said, by what is there already. */
  encodingFor(present: Encoding | undefined): ContentEncoding;
  /**
   * The bytes; asked for once.
   *
   * @throws OcciError when they cannot be read in that encoding
   */
  runs(encoding: Encoding): Iterable<Run> | AsyncIterable<Run>;
}

/** A run of bytes that a request brings: mostly there is one. */
export interface Run {
  /** Where the first one goes. Without it, the first run begins the value anew, and others come behind what is there. */
  readonly at?: number;
  /** How many there have to be, where that is told beside them. */
  readonly length?: number;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** It is said that it is no text. */
  readonly isBinary?: true;
}

/** An encoding, or text if it is text, which shows when it is there. */
export type ContentEncoding = Encoding | 'utf-8 if it is';
