import { setTimeout as pause } from 'node:timers/promises';
import { ClientError } from '../client-error.ts';
import { type Fields, field, type ResponseHead } from '../exchange.ts';
import { type CdmiCaller, callCdmi } from './cdmi-call.ts';
import { digestOf, type ShownDigest } from './digest.ts';
import { look, type RemoteObject } from './remote-object.ts';
import { urlAt } from './remote-path.ts';
import type { Sink } from './sink.ts';

/** Some bytes of a value, both ends included. */
export interface ByteRange {
  readonly first: number;
  /** The last one that there is when it is missing. */
  readonly last?: number;
}

/** How a value is read. */
export interface DownloadOptions {
  readonly range?: ByteRange;
  /** Is told how far it has come, in bytes; of how many where that is known. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** How often it goes on after a loss without anything having come; 3. */
  readonly retries?: number;
  /** The pause before that, in milliseconds, which doubles; 200. */
  readonly pauseMs?: number;
}

/**
 * Reads a value in plain HTTP (ISO/IEC 17826 §6.3). Where the connection is lost, it goes on with the bytes that are
 * missing, as long as it is still the same version (`If-Range`), and else from the beginning. In the end the size is
 * right, and the hash, where the server shows one.
 *
 * @param object as it has been looked at
 * @throws ClientError `lost`, `timeout` when it does not get on; `unreadable` when what has come is not what is there
 */
export async function download(
  caller: CdmiCaller,
  object: RemoteObject,
  sink: Sink,
  options: DownloadOptions = {},
): Promise<void> {
  try {
    const reading = new Reading(caller, object.path, sink, options);
    await reading.toTheEnd();
    if (options.range === undefined) await checkDigest(caller, object, sink);
    await sink.end();
  } catch (error) {
    if (error instanceof ClientError && error.kind === 'unreadable') await sink.discard();
    else await sink.close();
    throw error;
  }
}

/** A value on its way. */
class Reading {
  readonly #caller: CdmiCaller;
  readonly #path: string;
  readonly #sink: Sink;
  readonly #options: DownloadOptions;
  /** How many bytes have come, and how many there will be; unknown before the first answer, or where nobody tells. */
  #done = 0;
  #total: number | undefined;
  #tag: string | undefined;
  #hasBegun = false;
  #isThere = false;

  constructor(caller: CdmiCaller, path: string, sink: Sink, options: DownloadOptions) {
    this.#caller = caller;
    this.#path = path;
    this.#sink = sink;
    this.#options = options;
  }

  async toTheEnd(): Promise<void> {
    const { retries = 3, pauseMs = 200 } = this.#options;
    for (let left = retries, ms = pauseMs; ; ) {
      const before = this.#done;
      const lost = await this.#someMore();
      if (lost === undefined && this.#isThere) return;
      if (this.#done > before) [left, ms] = [retries, pauseMs];
      else if (lost !== undefined && left-- <= 0) throw lost;
      if (lost !== undefined) await pause(ms);
      ms *= 2;
    }
  }

  /** Asks for what is missing. @returns the error with which the connection was lost, if it was */
  async #someMore(): Promise<ClientError | undefined> {
    let lost: ClientError | undefined;
    await callCdmi(this.#caller, {
      method: 'GET',
      path: this.#path,
      accept: '*/*',
      fields: this.#fields(),
      take: async (head, body) => {
        if (!(await this.#begin(head))) return;
        try {
          for await (const bytes of body) {
            await this.#sink.write(bytes);
            this.#done += bytes.length;
            this.#tell();
          }
          this.#isThere = this.#total === undefined || this.#done === this.#total;
          if (!this.#isThere) throw this.#wrong(`${this.#done} bytes have come in place of ${this.#total}`);
        } catch (error) {
          if (!(error instanceof ClientError) || (error.kind !== 'lost' && error.kind !== 'timeout')) throw error;
          lost = error;
        }
      },
    });
    return lost;
  }

  #fields(): Fields {
    const { range } = this.#options;
    const first = (range?.first ?? 0) + this.#offset;
    if (range === undefined && first === 0) return [];
    const fields: Fields = [['Range', `bytes=${first}-${range?.last ?? ''}`]];
    return this.#tag === undefined || this.#offset === 0 ? fields : [...fields, ['If-Range', this.#tag]];
  }

  /** How many bytes need not come again. */
  get #offset(): number {
    return this.#tag === undefined ? 0 : this.#done;
  }

  /** @returns whether the body that follows is what is missing */
  async #begin(head: ResponseHead): Promise<boolean> {
    const { range } = this.#options;
    const there = contentRange(head);
    if (head.status === 206 && there?.first !== (range?.first ?? 0) + this.#offset) {
      throw this.#wrong('it has answered with another range than was asked for');
    }
    if (range !== undefined && head.status !== 206) throw this.#wrong('it does not know ranges');
    if (head.status === 206 && this.#offset > 0) return true;
    const length = Number(field(head.headers, 'content-length') ?? Number.NaN);
    this.#total = Number.isSafeInteger(length) ? length : undefined;
    this.#tag = strongTag(head);
    const version = { ...(this.#tag && { tag: this.#tag }), ...(this.#total !== undefined && { size: this.#total }) };
    if (this.#hasBegun) await this.#sink.restart(version);
    this.#done = this.#hasBegun ? 0 : await this.#sink.begin(version);
    this.#hasBegun = true;
    this.#tell();
    this.#isThere = this.#done > 0 && this.#done === this.#total;
    return this.#done === 0;
  }

  #tell(): void {
    this.#options.onProgress?.(this.#done, this.#total);
  }

  #wrong(why: string): ClientError {
    const problem = `${urlAt(this.#caller.root, this.#path)} does not come as it should: ${why}`;
    return new ClientError('unreadable', problem, { advice: 'ask whoever runs the server' });
  }
}

/** A weak one says nothing about bytes. */
function strongTag({ headers }: ResponseHead): string | undefined {
  const tag = field(headers, 'etag')?.trim();
  return tag === undefined || tag === '' || tag.startsWith('W/') ? undefined : tag;
}

function contentRange({ headers }: ResponseHead): { readonly first: number } | undefined {
  const [, first] = /^bytes\s+(\d+)-\d+\/(?:\d+|\*)$/i.exec(field(headers, 'content-range') ?? '') ?? [];
  return first === undefined ? undefined : { first: Number(first) };
}

/** Somebody may have changed the value between the look at it and the reading: then there is another hash now. */
async function checkDigest(caller: CdmiCaller, object: RemoteObject, sink: Sink): Promise<void> {
  const isRight = async (shown: ShownDigest | undefined) =>
    shown === undefined || (await sink.digest(shown.algorithm)) === shown.digest;
  if (await isRight(digestOf(object))) return;
  if (await isRight(digestOf(await look(caller, object.path)))) return;
  throw new ClientError('unreadable', `what has come of ${object.url} does not have the hash that it shows`, {
    advice: 'read it again; ask whoever runs the server if that does not help',
  });
}
