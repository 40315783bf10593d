import type { Server, Socket } from 'node:net';
import { clientNetwork, type Proxies } from '../proxies.ts';
import { Tally } from './tally.ts';

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
  const open = new Tally();
  server.on('connection', (socket: Socket) => {
    const address = proxies.clientOf(socket.remoteAddress, undefined);
    if (address === undefined || proxies.trusts(address)) return;
    const client = clientNetwork(address);
    if (open.of(client) >= perAddress) {
      socket.destroy();
      return;
    }
    open.add(client);
    socket.once('close', () => open.remove(client));
  });
}
