import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Batch } from '../group-commit.ts';
import type { WrittenBatch } from './batch-writer.ts';
import { errorFrom } from './failure.ts';
import type { Answer, Request } from './writer-thread.ts';

/** Who writes to the database, somewhere else than here. One thing at a time may be asked of it. */
export interface Writer {
  /** @throws Error when nothing of it has been written, or when the writer is gone and nobody knows */
  write(batch: Batch<string>): Promise<WrittenBatch>;
  /** Moves the log into the database file. @throws Error when it could not; the log is as good as before then */
  checkpoint(): Promise<void>;
  /** Resolves when the database is closed. */
  close(): Promise<void>;
}

/**
 * Opens a database for writing, in a thread of its own. The thread keeps the process alive only while it is asked for
 * something.
 *
 * @throws Error when the database cannot be used; the thread has ended then
 */
export async function openWriter(file: string): Promise<Writer> {
  const writer = new ThreadWriter(file);
  try {
    await writer.opened;
    return writer;
  } catch (error) {
    await writer.ended;
    throw error;
  }
}

/** Beside this module, in the language of this module: TypeScript in the sources, JavaScript in the build. */
const entry = join(import.meta.dirname, `writer-thread${extname(import.meta.filename)}`);

class ThreadWriter implements Writer {
  readonly opened: Promise<unknown>;
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  /** Who waits for the next answer. */
  #asking: PromiseWithResolvers<WrittenBatch | undefined> | undefined;
  #death: Error | undefined;

  constructor(file: string) {
    // Options of this process, such as --input-type, need not make sense for a module in a file.
    this.#worker = new Worker(entry, { workerData: file, execArgv: [] });
    this.#asking = Promise.withResolvers();
    this.opened = this.#asking.promise;
    this.#worker.on('message', (answer: Answer) => this.#receive(answer));
    this.#worker.on('error', (error) => this.#die(error as Error));
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#die(new Error(`it exited with ${code}`));
        resolve();
      });
    });
  }

  async write(batch: Batch<string>): Promise<WrittenBatch> {
    return (await this.#ask(batch)) as WrittenBatch;
  }

  async checkpoint(): Promise<void> {
    await this.#ask('checkpoint');
  }

  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage('close' satisfies Request);
    await this.ended;
  }

  #ask(request: Request): Promise<WrittenBatch | undefined> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    this.#asking = Promise.withResolvers();
    this.#worker.ref();
    this.#worker.postMessage(request);
    return this.#asking.promise;
  }

  #receive(answer: Answer): void {
    this.#worker.unref();
    const asking = this.#asking;
    this.#asking = undefined;
    if ('failure' in answer) asking?.reject(errorFrom(answer.failure));
    else asking?.resolve(answer.result);
  }

  #die(cause: Error): void {
    this.#death ??= new Error(
      `the thread that writes to the database has died: ${cause.message}; restart the gateway`,
      { cause },
    );
    this.#asking?.reject(this.#death);
    this.#asking = undefined;
  }
}
