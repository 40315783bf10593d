import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Connections to a server that are cut. */
export interface CuttingProxy {
  readonly url: string;
  /** How many bytes have gone through. */
  readonly passed: { up: number; down: number };
  /** Cuts all connections, and takes no more. */
  close(): Promise<void>;
}

/** After how many bytes, up or down, a connection is cut; each once. `forGood` takes no further ones then. */
export interface Cuts {
  readonly up?: readonly number[];
  readonly down?: readonly number[];
  readonly forGood?: boolean;
}

/** Starts a proxy for a port of this machine. */
export async function startCuttingProxy(
  port: number,
  { up = [], down = [], forGood = false }: Cuts,
): Promise<CuttingProxy> {
  const passed = { up: 0, down: 0 };
  const left = { up: [...up], down: [...down] };
  const sockets = new Set<Socket>();
  let isOver = false;
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1');
    const cut = () => {
      client.destroy();
      target.destroy();
      if (forGood) isOver = true;
    };
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    if (isOver) {
      cut();
      return;
    }
    const passing = (way: 'up' | 'down', from: Socket, to: Socket) => {
      from.on('data', (bytes) => {
        passed[way] += bytes.length;
        const [next] = left[way];
        if (next !== undefined && passed[way] > next) {
          left[way].shift();
          cut();
        } else if (!to.write(bytes)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
      from.on('end', () => to.end());
    };
    passing('up', client, target);
    passing('down', target, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
