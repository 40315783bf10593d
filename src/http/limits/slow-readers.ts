import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Closes the connection of a client that takes nothing of its answer for some time: what is not taken stays in memory,
 * and a listing that is read from the store as it is taken would never end.
 *
 * @param outgoing an answer that is not wholly written yet
 */
export function limitWaiting(outgoing: ServerResponse, timeoutMs: number): void {
  const watch = (socket: Socket) => {
    // Node looks at how much is left to be written, so that slow progress is progress.
    socket.setTimeout(timeoutMs);
    // Before Node's own listener, which sets how long the connection may be idle from then on.
    outgoing.prependOnceListener('finish', () => socket.setTimeout(0));
  };
  if (outgoing.socket !== null) watch(outgoing.socket);
  // Of answers to requests in a row, each has the connection when the one before is written.
  else outgoing.once('socket', watch);
}
