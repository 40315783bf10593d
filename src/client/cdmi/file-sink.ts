import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type DigestAlgorithm, digestOfBytes } from './digest.ts';
import type { Sink, ValueVersion } from './sink.ts';

/**
 * A file. Until all of it is there, it is beside it under a name that the version of the value is in: whoever reads the
 * same version again goes on where the last one stopped, and the file itself is the old one or the new one.
 */
export class FileSink implements Sink {
  readonly #file: string;
  readonly #resumes: boolean;
  #part: string | undefined;
  #isKept = false;
  #handle: FileHandle | undefined;
  #at = 0;

  /** @param resumes whether it is all of the value, so that what an earlier one has left is the beginning of it */
  constructor(file: string, resumes = true) {
    this.#file = file;
    this.#resumes = resumes;
  }

  async begin({ tag, size }: ValueVersion): Promise<number> {
    this.#isKept = this.#resumes && tag !== undefined;
    this.#part = partOf(this.#file, this.#isKept ? (tag as string) : `${process.pid}`);
    this.#handle = await open(this.#part, this.#isKept ? 'a+' : 'w+');
    const { size: there } = await this.#handle.stat();
    this.#at = size !== undefined && there > size ? 0 : there;
    await this.#handle.truncate(this.#at);
    return this.#at;
  }

  async restart(version: ValueVersion): Promise<void> {
    await this.discard();
    await this.begin(version);
    await this.#handle?.truncate();
    this.#at = 0;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten = 0 } = (await this.#handle?.write(bytes, from)) ?? {};
      from += bytesWritten;
    }
    this.#at += bytes.length;
  }

  digest(algorithm: DigestAlgorithm): Promise<string> {
    return digestOfBytes(createReadStream(this.#part as string), algorithm);
  }

  async end(): Promise<void> {
    await this.#shut();
    await rename(this.#part as string, this.#file);
  }

  async close(): Promise<void> {
    if (this.#isKept && this.#at > 0) await this.#shut();
    else await this.discard();
  }

  async discard(): Promise<void> {
    const isThere = this.#handle !== undefined;
    await this.#shut();
    if (isThere) await rm(this.#part as string, { force: true });
  }

  async #shut(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

/** Beside the file, and with a name that is not too long for any file system. */
function partOf(file: string, version: string): string {
  const name = basename(file);
  const sum = createHash('sha256').update(`${name}\n${version}`).digest('hex').slice(0, 8);
  return join(dirname(file), `${[...name].slice(0, 50).join('')}.${sum}.part`);
}
