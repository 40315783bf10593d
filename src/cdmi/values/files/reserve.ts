import { statfs } from 'node:fs/promises';
import { StorageFull } from '../value-store.ts';

/** What is left at least: so many bytes, or so much of a small disk. */
const mostReserved = 32 * 2 ** 20;
const partReserved = 1 / 20;

/** How long it is believed how much room there is, in milliseconds: others write, too. */
const believedMs = 250;

/**
 * Room on a disk that values may not take. The record is on the same one most of the time, and without room it could
 * not even be told that something is to be removed.
 */
export class Reserve {
  readonly #directory: string;
  /** Bytes that values may still take, as far as is known. */
  #free = 0;
  #asked = Number.NEGATIVE_INFINITY;

  /** @param directory on the disk */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Says that bytes are about to be written.
   *
   * @throws StorageFull when they would need what is reserved
   */
  async take(bytes: number): Promise<void> {
    if (this.#free < bytes || performance.now() - this.#asked > believedMs) await this.#ask();
    if (this.#free < bytes) throw new StorageFull('no room for a value: what is left is for the record');
    this.#free -= bytes;
  }

  async #ask(): Promise<void> {
    const { bavail, blocks, bsize } = await statfs(this.#directory);
    this.#asked = performance.now();
    // Some file systems cannot tell.
    this.#free = blocks === 0 ? Infinity : bavail * bsize - Math.min(mostReserved, blocks * bsize * partReserved);
  }
}
