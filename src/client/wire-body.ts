import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Source } from './exchange.ts';

/** Sends a body as it is read, no faster than it is taken. @param moved is told of every piece */
export async function pour(source: Source, outgoing: ClientRequest, moved: () => void): Promise<void> {
  for await (const piece of source.open()) {
    if (outgoing.destroyed) return;
    moved();
    if (!outgoing.write(piece)) await drained(outgoing);
  }
  outgoing.end();
}

function drained(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done);
      outgoing.off('close', done);
      resolve();
    };
    outgoing.on('drain', done);
    outgoing.on('close', done);
    if (outgoing.destroyed) done();
  });
}

/** The body of an answer as it comes. @param failure makes of an error of Node what it means */
export async function* received(
  incoming: IncomingMessage,
  { moved, failure }: { readonly moved: () => void; readonly failure: (cause: Error) => Error },
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of incoming as AsyncIterable<Uint8Array>) {
      moved();
      yield piece;
    }
  } catch (cause) {
    throw failure(cause as Error);
  }
}

/** A body as a whole. @throws what `tooLarge` makes, for more bytes than the limit */
export async function collected(
  body: AsyncIterable<Uint8Array>,
  limit: number,
  tooLarge: () => Error,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > limit) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
