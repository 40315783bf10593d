import { headerBytes } from '../renderers/header-bytes.ts';
import type { Problem, Rendered } from '../renderers/renderer.ts';
import type { PlatformBindings } from './incoming.ts';

/** Headers of a response. Everything is set at once: a Response that is touched again leaves the fast path. */
export type ReplyHeaders = Record<string, string>;

/** Sends a rendering. */
export function reply(status: number, rendered: Rendered, headers: ReplyHeaders): Response {
  headers['content-type'] = rendered.contentType;
  let isAscii = true;
  for (const [name, value] of Object.entries(rendered.headers ?? {})) {
    headers[name] = headerBytes(value);
    isAscii &&= headers[name] === value;
  }
  const { body } = rendered;
  if (typeof body !== 'string') return new Response(stream(body), { status, headers });
  if (body.length > longest) {
    headers['content-length'] = String(Buffer.byteLength(body));
    return new Response(stream(whole(body)), { status, headers });
  }
  // Node sends headers together with a body of text in the encoding of the body, and would encode them once more.
  return new Response(isAscii ? body : Buffer.from(body), { status, headers });
}

/** The answer to a request with a condition that says the client has it already (RFC 9110 §15.4.5). */
export function notModified(contentType: string, headers: ReplyHeaders): Response {
  headers['content-type'] = contentType;
  return new Response(null, { status: 304, headers });
}

/**
 * The headers that come with an error.
 *
 * @param outgoing where each challenge can have a line of its own, which clients that look for theirs at the beginning
 *   of the field need; elsewhere they are joined as Fetch would join them
 */
export function problemHeaders(
  { error, status }: Problem,
  headers: ReplyHeaders,
  outgoing?: PlatformBindings['outgoing'],
): ReplyHeaders {
  const { allow, challenges, retryAfter, size } = error.details;
  if (allow !== undefined) headers['allow'] = allow.join(', ');
  if (challenges !== undefined && challenges.length > 0) {
    if (outgoing === undefined) headers['www-authenticate'] = challenges.join(', ');
    else outgoing.setHeader('WWW-Authenticate', challenges);
  }
  if (size !== undefined) headers['content-range'] = `bytes */${size}`;
  if (status === 429 || status === 503) headers['retry-after'] = String(retryAfter ?? 5);
  return headers;
}

/** Characters that are sent in one go. */
const longest = 1_048_576;

/** Bytes after which it shows whether a client takes something, over TLS, too, where a write is done as a whole. */
const sliceSize = 65_536;

async function* whole(text: string): AsyncGenerator<string> {
  yield text;
}

/** Pieces of text as a stream that is read only as fast as the client takes it. */
function stream(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done === true) {
          controller.close();
          return;
        }
        const bytes = encoder.encode(value);
        for (let at = 0; at < bytes.length; at += sliceSize) controller.enqueue(bytes.subarray(at, at + sliceSize));
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 1 },
  );
}
