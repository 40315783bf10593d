import { ServerResponse } from 'node:http';
import type { ReplyHeaders } from '../reply.ts';
import type { CdmiCall } from './cdmi-call.ts';

/** Up to so many bytes are sent as a whole. */
const atOnce = 65_536;

/** By this header our server knows that the answer has been sent past Fetch. */
const alreadySent = { 'x-hono-already-sent': 'true' };

/** Bytes that are to be sent. */
export interface Outgoing {
  readonly status: number;
  /** How many there are; undefined where nobody knows before they are there. */
  readonly length?: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Sends bytes as they come; they may be passing ones (`ValueStore.read`). On Node they go straight into the connection, elsewhere through a stream of Fetch. Nothing
 * is sent before the first of them is there, so that what fails at once is told.
 *
 * @throws whatever the first bytes throw
 */
export async function send(call: CdmiCall, { status, length, bytes }: Outgoing): Promise<Response> {
  const { incoming, settings } = call;
  const headers: ReplyHeaders = { ...call.headers, ...(length !== undefined && { 'content-length': String(length) }) };
  if (incoming.method === 'HEAD') return new Response(null, { status, headers });
  const source = bytes[Symbol.asyncIterator]();
  const first = await source.next();
  const begin: Uint8Array = first.done === true ? new Uint8Array() : first.value;
  if (first.done === true || (length !== undefined && length === begin.length && length <= atOnce)) {
    await source.return?.();
    return new Response(begin as Uint8Array<ArrayBuffer>, { status, headers });
  }
  const { outgoing } = incoming;
  if (!(outgoing instanceof ServerResponse)) return new Response(streamed(begin, source), { status, headers });
  outgoing.writeHead(status, headers);
  settings.traffic.enter();
  // Whether a client takes it is watched over by the server.
  void written(begin, source, outgoing).finally(() => settings.traffic.leave());
  // As a copy, or the server takes a way on which it does not see the header.
  return new Response(null, { status, headers: alreadySent }).clone();
}

/** Text or bytes that are there. */
export function sendWhole({ incoming, headers }: CdmiCall, status: number, body: string): Response {
  headers['content-length'] = String(Buffer.byteLength(body));
  return new Response(incoming.method === 'HEAD' ? null : body, { status, headers });
}

/** An answer without a body. */
export function sendNothing({ headers }: CdmiCall, status: number): Response {
  return new Response(null, { status, headers });
}

/**
 * How much is given to the connection in one go, in bytes: each time costs as much as some ten pieces. One burst is on
 * its way while the next is read, which has to be less than `passingBytes` together.
 */
const burst = 1_048_576;

async function written(begin: Uint8Array, rest: AsyncIterator<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  try {
    let taken = Promise.resolve();
    for (let pieces = await more(rest, [begin]); pieces.length > 0; pieces = await more(rest, [])) {
      // Some are read while those before are taken.
      await taken;
      if (outgoing.destroyed) return;
      taken = give(outgoing, pieces);
    }
    outgoing.end();
  } catch {
    // Half of an answer is known by its end that does not come.
    outgoing.destroy();
  } finally {
    await rest.return?.();
  }
}

/** Writes pieces at once. Resolves when they are on their way, or nobody waits for them. */
function give(outgoing: ServerResponse, pieces: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('close', done);
      resolve();
    };
    outgoing.on('close', done);
    outgoing.cork();
    for (const piece of pieces.slice(0, -1)) outgoing.write(piece);
    outgoing.write(pieces.at(-1), done);
    outgoing.uncork();
  });
}

/** What is there already, and more until it is a burst or all. */
async function more(rest: AsyncIterator<Uint8Array>, pieces: Uint8Array[]): Promise<readonly Uint8Array[]> {
  let size = pieces.reduce((sum, { length }) => sum + length, 0);
  while (size < burst) {
    const next = await rest.next();
    if (next.done === true) break;
    pieces.push(next.value);
    size += next.value.length;
  }
  return pieces;
}

function streamed(begin: Uint8Array, rest: AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Nobody knows how long it is kept there.
        controller.enqueue(new Uint8Array(begin));
      },
      async pull(controller) {
        const { done, value } = await rest.next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      async cancel() {
        await rest.return?.();
      },
    },
    { highWaterMark: 1 },
  );
}
