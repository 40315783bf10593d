import type { FileHandle } from 'node:fs/promises';
import { roomFor } from './room.ts';

/** After so many bytes it is worth it. */
const worthIt = 16 * 2 ** 20;

/** Flushes a file while it is being written, so that little is left to wait for when all of it is there. */
export class EarlyFlush {
  readonly #file: Pick<FileHandle, 'datasync'>;
  #unflushed = 0;
  #isBusy = false;
  /** A failure is told to one flush only, so it is kept to the end. */
  #flushed: Promise<void> = Promise.resolve();

  constructor(file: Pick<FileHandle, 'datasync'>) {
    this.#file = file;
  }

  /** Says that more has been written. */
  wrote(bytes: number): void {
    this.#unflushed += bytes;
    if (this.#isBusy || this.#unflushed < worthIt) return;
    this.#unflushed = 0;
    this.#isBusy = true;
    this.#flushed = this.#flushed
      .then(() => roomFor(this.#file.datasync()))
      .finally(() => {
        this.#isBusy = false;
      });
    this.#flushed.catch(() => {});
  }

  /**
   * Resolves when all of it is on the disk.
   *
   * @throws StorageFull when there is no room for it
   */
  async end(): Promise<void> {
    await this.#flushed;
    await roomFor(this.#file.datasync());
  }

  /** Resolves when the file can be closed. */
  async settled(): Promise<void> {
    await this.#flushed.catch(() => {});
  }
}
