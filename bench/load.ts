import { connect, type Socket } from 'node:net';

/** What a run of load has shown. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** A request as bytes; made anew for each turn, so that bodies and paths can differ. */
export type Turn = (index: number) => Buffer;

/**
 * Sends requests over keep-alive connections, one at a time on each, for a while. The client is as small as it can be:
 * it shares the machine with the server it measures.
 */
export async function load(port: number, turn: Turn, connections: number, milliseconds: number): Promise<Load> {
  const latencies: number[] = [];
  let index = 0;
  let stop = false;
  const started = performance.now();
  const timer = setTimeout(() => {
    stop = true;
  }, milliseconds);
  const one = async (): Promise<void> => {
    const connection = await Connection.open(port);
    while (!stop) {
      const begun = performance.now();
      const status = await connection.send(turn(index++));
      if (status >= 400) throw new Error(`the server answered ${status}: ${connection.last}`);
      latencies.push(performance.now() - begun);
    }
    connection.close();
  };
  try {
    await Promise.all(Array.from({ length: connections }, one));
  } finally {
    clearTimeout(timer);
  }
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    requests: latencies.length,
    seconds,
    perSecond: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
  };
}

/** One keep-alive connection that reads responses with a Content-Length. */
class Connection {
  readonly #socket: Socket;
  #pending: { resolve: (status: number) => void; reject: (error: Error) => void } | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  last = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data: Buffer) => this.#read(data));
    socket.on('error', (error) => this.#pending?.reject(error));
    socket.on('close', () => this.#pending?.reject(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#pending = undefined;
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? data : Buffer.concat([this.#buffer, data]);
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#buffer.toString('latin1', 0, end);
    const length = Number(/content-length: *([0-9]+)/i.exec(head)?.[1] ?? 0);
    if (this.#buffer.length < end + 4 + length) return;
    this.last = this.#buffer.toString('utf8', end + 4, end + 4 + length);
    this.#buffer = this.#buffer.subarray(end + 4 + length);
    const { resolve } = this.#pending ?? {};
    this.#pending = undefined;
    resolve?.(Number(head.slice(9, 12)));
  }
}

/** The bytes of a request. */
export function request(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== '' || method === 'POST') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
