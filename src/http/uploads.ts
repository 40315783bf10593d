import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The connections on which values are being sent. */
const uploading = new WeakSet<Socket>();

/**
 * Says that a body is being received on a connection that may take longer than other requests, as long as something
 * comes.
 *
 * @returns says that it is over, which it also is when the request is
 */
export function markUploading(message: IncomingMessage): () => void {
  const { socket } = message;
  uploading.add(socket);
  // Who stops in the middle of a body need not say so.
  message.once('close', () => uploading.delete(socket));
  return () => {
    uploading.delete(socket);
    socket.setTimeout(0);
  };
}

/** Whether such a body is being received. */
export function isUploading(socket: Socket): boolean {
  return uploading.has(socket);
}
