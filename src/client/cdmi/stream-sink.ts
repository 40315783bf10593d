import { ClientError } from '../client-error.ts';
import { type DigestAlgorithm, RunningDigest } from './digest.ts';
import type { Sink } from './sink.ts';

/** A place that takes bytes once, such as the standard output. */
export class StreamSink implements Sink {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #close: () => Promise<void>;
  readonly #digest = new RunningDigest();
  #written = 0;

  /**
   * @param write takes bytes, and waits until there is room for more
   * @param close is told that no more come
   */
  constructor(write: (bytes: Uint8Array) => Promise<void>, close = async (): Promise<void> => {}) {
    this.#write = write;
    this.#close = close;
  }

  async begin(): Promise<number> {
    return 0;
  }

  async restart(): Promise<void> {
    if (this.#written === 0) return;
    const advice = 'read it again, into a file perhaps';
    throw new ClientError('unreadable', 'the value cannot be gone on with, and half of it has been written', {
      advice,
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#written += bytes.length;
    this.#digest.update(bytes);
    await this.#write(bytes);
  }

  async digest(algorithm: DigestAlgorithm): Promise<string> {
    return this.#digest.of(algorithm);
  }

  end(): Promise<void> {
    return this.#close();
  }

  close(): Promise<void> {
    return this.#close();
  }

  discard(): Promise<void> {
    return this.#close();
  }
}
