import { ClientError } from '../client-error.ts';
import { type Fields, field } from '../exchange.ts';
import { type CdmiCaller, callCdmi } from './cdmi-call.ts';
import { digestOf } from './digest.ts';
import { find, look } from './remote-object.ts';
import { urlAt } from './remote-path.ts';
import type { UploadPart, UploadSource } from './upload-source.ts';

/** How a value is written. */
export interface UploadOptions {
  /** The media type of the value; `application/octet-stream`. */
  readonly mimetype?: string;
  /** Where in a value that is there the bytes go; what is around them stays. */
  readonly at?: number;
  /** Whether to go on with what a broken upload of the same bytes has left. */
  readonly continues?: boolean;
  /** How large a part may be that is sent at once, in bytes; by default 8 MiB of streams, of files 32 MiB or more. */
  readonly partBytes?: number;
  /** Is told how far it has come, in bytes. */
  readonly onProgress?: (done: number) => void;
}

const mebibyte = 2 ** 20;
/** A value of so many parts at most: servers keep each as a piece. */
const mostParts = 1000;
/** How many of the bytes that are there are compared before others are put behind them. */
const comparedBytes = 65_536;

/**
 * Writes a value in plain HTTP (ISO/IEC 17826 §6.2, §6.4). What is larger than a part is sent in parts, as one that is
 * not complete yet (`X-CDMI-Partial`), so that what is lost on the way is only a part, which is sent again. In the end
 * the server has as many bytes, and those with the hash that it shows, where it does.
 *
 * @throws ClientError, `unreadable` when what the server has is not what was sent
 */
export async function upload(
  caller: CdmiCaller,
  path: string,
  source: UploadSource,
  options: UploadOptions = {},
): Promise<void> {
  const { at, continues = false, partBytes = partBytesFor(source), onProgress } = options;
  const from = continues ? await alreadyThere(caller, path, source) : 0;
  let size = 0;
  for await (const part of source.parts(partBytes, from)) {
    await send(caller, path, watched(part, onProgress), source.size, options);
    size = part.offset + part.size;
    onProgress?.(size);
  }
  if (at === undefined) await check(caller, path, source, size);
}

function partBytesFor({ size }: UploadSource): number {
  return size === undefined ? 8 * mebibyte : Math.max(32 * mebibyte, Math.ceil(size / mostParts));
}

/** The first part takes the place of what is there; each of them may be sent twice. */
async function send(
  caller: CdmiCaller,
  path: string,
  part: UploadPart,
  total: number | undefined,
  { at, mimetype = 'application/octet-stream' }: UploadOptions,
): Promise<void> {
  const first = (at ?? 0) + part.offset;
  const isRange = (at !== undefined || part.offset > 0) && part.size > 0;
  const of = at === undefined ? (total ?? (part.isLast ? first + part.size : '*')) : '*';
  const fields: Fields = [
    ...(isRange ? [['Content-Range', `bytes ${first}-${first + part.size - 1}/${of}`] as const] : []),
    ...(part.isLast ? [] : [['X-CDMI-Partial', 'true'] as const]),
  ];
  if (at !== undefined && part.size === 0) return;
  const exchange = await callCdmi(caller, {
    method: 'PUT',
    path,
    contentType: mimetype,
    fields,
    source: part,
    repeatable: true,
  });
  const { status, headers } = exchange.response;
  if (status === 202) throw notWhole(caller, path, `it is at ${field(headers, 'location') ?? 'work'} still`);
}

/** A part that tells how far it is read; from its beginning again when it is sent again. */
function watched(part: UploadPart, onProgress?: (done: number) => void): UploadPart {
  return {
    ...part,
    async *open() {
      let done = part.offset;
      onProgress?.(done);
      for await (const bytes of part.open()) {
        yield bytes;
        done += bytes.length;
        onProgress?.(done);
      }
    },
  };
}

/** How many bytes of a file a broken upload has left at the server; 0 where it has left something else, or nothing. */
async function alreadyThere(caller: CdmiCaller, path: string, { size = 0, read }: UploadSource): Promise<number> {
  const object = await find(caller, path);
  const there = object?.size ?? 0;
  if (read === undefined || object === undefined || object.isComplete || there === 0 || there >= size) return 0;
  const first = Math.max(0, there - comparedBytes);
  const remote: Uint8Array[] = [];
  const fields: Fields = [['Range', `bytes=${first}-${there - 1}`]];
  const take = async ({ status }: { readonly status: number }, body: AsyncIterable<Uint8Array>) => {
    if (status === 206) for await (const bytes of body) remote.push(bytes);
  };
  await callCdmi(caller, { method: 'GET', path, accept: '*/*', fields, take }).catch((error: unknown) => {
    // Some servers show nothing of what is not complete.
    if (!(error instanceof ClientError) || error.kind !== 'refused') throw error;
  });
  const local: Uint8Array[] = [];
  for await (const bytes of read(first, there - 1)) local.push(bytes);
  return Buffer.concat(remote).equals(Buffer.concat(local)) ? there : 0;
}

async function check(caller: CdmiCaller, path: string, source: UploadSource, size: number): Promise<void> {
  const object = await look(caller, path);
  if (object.size !== undefined && object.size !== size) {
    throw notWhole(caller, path, `the server has ${object.size} bytes of ${size}`);
  }
  if (!object.isComplete) throw notWhole(caller, path, `the server says ${object.completion}`);
  const shown = digestOf(object);
  if (shown !== undefined && (await source.digest(shown.algorithm)) !== shown.digest) {
    throw notWhole(caller, path, 'it does not have the hash of what was sent');
  }
}

function notWhole({ root }: CdmiCaller, path: string, why: string): ClientError {
  const advice = 'did somebody else change it meanwhile? send it again';
  return new ClientError('unreadable', `${urlAt(root, path)} is not what was sent: ${why}`, { advice });
}
