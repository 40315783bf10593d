import type { DigestAlgorithm } from './digest.ts';

/** A value as it is at some time. */
export interface ValueVersion {
  /** Its strong entity tag (RFC 9110 §8.8.3); without one, nobody knows whether it has changed. */
  readonly tag?: string;
  /** In bytes, where the server tells. */
  readonly size?: number;
}

/** Where a value goes. */
export interface Sink {
  /**
   * The value comes.
   *
   * @returns how many bytes of this version are there from an earlier time; they do not come again
   */
  begin(version: ValueVersion): Promise<number>;
  /** It comes once more, from its beginning: it has changed while it was read, or the server cannot go on. */
  restart(version: ValueVersion): Promise<void>;
  write(bytes: Uint8Array): Promise<void>;
  /** The hash of all that is there. */
  digest(algorithm: DigestAlgorithm): Promise<string>;
  /** All of it is there, and is what it should be. */
  end(): Promise<void>;
  /** It is given up; what is there may serve a later time. */
  close(): Promise<void>;
  /** What is there is not what it should be, and serves nobody. */
  discard(): Promise<void>;
}
