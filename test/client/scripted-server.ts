import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived: header names and values as they were written, in pairs. */
export interface Arrived {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The value of a field; undefined when it is not there. */
  header(name: string): string | undefined;
}

/** A server whose every byte is written down in a test. */
export interface ScriptedServer {
  readonly url: string;
  /** What has arrived, in order. */
  readonly requests: readonly Arrived[];
  close(): Promise<void>;
}

/** What is answered: text as it goes over the wire, or undefined to hang up without a word. */
export type Script = (request: Arrived, nth: number) => string | undefined | Promise<string | undefined>;

/** Starts a server that answers as the script says, and closes the connection after each answer. */
export async function startScripted(script: Script): Promise<ScriptedServer> {
  const requests: Arrived[] = [];
  const server = createServer(async (incoming) => {
    const request = await read(incoming);
    requests.push(request);
    const answer = await script(request, requests.length);
    if (answer === undefined) incoming.socket.destroy();
    else incoming.socket.end(answer);
  });
  return { ...(await listening(server)), requests };
}

/** Starts a server of the test's own making. */
export async function startServer(
  listener: RequestListener,
): Promise<Omit<ScriptedServer, 'requests'> & { readonly server: Server }> {
  const server = createServer(listener);
  return { ...(await listening(server)), server };
}

/** An answer on the wire. Fields are lines, spelt as they are; those about length and connection are added. */
export function reply(status: string, fields: readonly string[] = [], body = ''): string {
  const last = [`Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'];
  return `${[`HTTP/1.1 ${status}`, ...fields, ...last].join('\r\n')}\r\n\r\n${body}`;
}

async function listening(server: Server): Promise<Omit<ScriptedServer, 'requests'>> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage): Promise<Arrived> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const { rawHeaders, method = '', url = '' } = incoming;
  const fields = rawHeaders
    .filter((_, index) => index % 2 === 0)
    .map((name, index) => [name, Buffer.from(rawHeaders[index * 2 + 1] ?? '', 'latin1').toString()] as const);
  return {
    method,
    path: url,
    fields,
    body: Buffer.concat(pieces).toString(),
    header: (name) => fields.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1],
  };
}
