import type { ClaimPlace } from './claim.ts';

/**
 * Where the bytes of values are. A value that has been written never changes: whoever reads it sees all of one writing
 * and nothing of another, and several objects can share it. Which are still needed is known to the record.
 */
export interface ValueStore {
  /**
   * Writes a value as it comes, without holding it in memory. It is durable when this resolves; when it rejects, or the
   * process ends before, nothing of it is ever seen.
   *
   * @throws StorageFull when there is no room for it
   * @throws whatever the source throws
   */
  write(source: AsyncIterable<Uint8Array>): Promise<WrittenValue>;
  /**
   * A part of a value, in pieces of a size the store likes; what is not as it was written is not given out.
   *
   * @param start the first byte
   * @param end the byte after the last one
   * @param isPassing a piece is no longer needed when {@link passingBytes} more have been given out, and its memory may
   *   be used again: new memory for all of a large value costs as much as all else
   * @throws ValueLost when there is no such value, or it is damaged
   */
  read(key: string, start: number, end: number, isPassing?: boolean): AsyncIterable<Uint8Array>;
  /** Nothing happens when it is gone already. */
  remove(key: string): Promise<void>;
  /**
   * The keys of all values that were written some time ago, in pages: whatever is not referred to by then never will
   * be, because its writer has gone. What was begun before then and never came to its end is removed on the way, where
   * nothing else removes it.
   *
   * @param before in milliseconds since 1970
   */
  keys(before: number): AsyncIterable<readonly string[]>;
  /**
   * Whether somebody copies the values, and has said so before he looked into the record: until that is over, none may
   * be removed, for his record may refer to it.
   */
  isHeld(): Promise<boolean>;
  /** Who uses the values is written here; see `Claim`. */
  readonly claim: ClaimPlace;
  close(): Promise<void>;
}

/** How long a piece of a value lasts that is only passed on, in bytes that are given out after it. */
export const passingBytes = 2_500_000;

/** What was written. */
export interface WrittenValue {
  /** Chosen by the store; printable ASCII, at most 64 characters. */
  readonly key: string;
  /** In bytes. */
  readonly size: number;
}

/** There is no room for a value. Nothing of it was kept. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/** A value is not there, or not as it was written. */
export class ValueLost extends Error {
  override readonly name = 'ValueLost';
}
