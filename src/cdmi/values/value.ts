/**
 * The value of a data object: pieces of what was written, one after the other. Writing into the middle of a value adds
 * a piece; copying it copies this list.
 */
export type Value = readonly Piece[];

/** A run of bytes. */
export interface Piece {
  /** Which written value it is from; without it, its bytes are zero. */
  readonly key?: string;
  /** Where it begins there. */
  readonly offset: number;
  /** In bytes; more than zero. */
  readonly length: number;
}
