import type { Server, Socket } from 'node:net';
import { clientNetwork, type Proxies } from '../proxies.ts';

/** How many connections one address may have. */
export interface ConnectionLimit {
  /** 0 for any number. */
  readonly perAddress: number;
  /** Not counted are those of trusted proxies: all clients come over them. */
  readonly proxies: Proxies;
}

/** Closes connections from an address that has too many open. */
export function limitConnections(server: Server, { perAddress, proxies }: ConnectionLimit): void {
  if (perAddress === 0) return;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = proxies.clientOf(socket.remoteAddress, undefined);
    if (address === undefined || proxies.trusts(address)) return;
    const client = clientNetwork(address);
    const before = open.get(client) ?? 0;
    if (before >= perAddress) {
      socket.destroy();
      return;
    }
    open.set(client, before + 1);
    socket.once('close', () => {
      const left = (open.get(client) ?? 1) - 1;
      if (left > 0) open.set(client, left);
      else open.delete(client);
    });
  });
}
