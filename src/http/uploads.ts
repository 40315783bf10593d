import type { Socket } from 'node:net';

/** The connections on which values are being sent. */
const uploading = new WeakSet<Socket>();

/**
 * Says that a body is being received on a connection that may take longer than other requests, as long as something
 * comes.
 *
 * @returns says that it is over
 */
export function markUploading(socket: Socket): () => void {
  uploading.add(socket);
  return () => {
    uploading.delete(socket);
    socket.setTimeout(0);
  };
}

/** Whether such a body is being received. */
export function isUploading(socket: Socket): boolean {
  return uploading.has(socket);
}
