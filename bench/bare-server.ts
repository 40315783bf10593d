/**
 * The baseline: what a bare node:http server can do with the same bytes, in a process of its own.
 *
 * GET answers prepared bytes; a POST is read as text and answered with 201 and an id of its own, in prepared headers where
 * there are some, either at once or, under `/durable`, when an append to a file has been flushed, one flush for all that
 * wait.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openJournal } from './journal.ts';

/** What is told by the benchmark, so that both servers send the same bytes. */
interface Preparation {
  readonly path: string;
  readonly answer?: { readonly headers: Record<string, string>; readonly body: string };
  readonly collection?: unknown[];
  /** How creations are answered. */
  readonly creation?: Creation;
}

interface Creation {
  readonly headers: Record<string, string>;
  /** The location without the id at its end. */
  readonly at: string;
}

const answers = new Map<string, NonNullable<Preparation['answer']>>();
const creations = new Map<string, Creation>();
const usual: Creation = { headers: { 'content-type': 'text/plain; charset=utf-8' }, at: 'http://127.0.0.1/compute/' };
const collections = new Map<string, unknown[]>();
const journal = openJournal();

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  if (request.method === 'POST') {
    const body = await bodyOf(request);
    if (path.startsWith('/durable')) await journal.append(body);
    const { headers, at } = creations.get(path) ?? usual;
    const location = at + crypto.randomUUID();
    const text = `X-OCCI-Location: ${location}`;
    response.writeHead(201, { ...headers, 'content-length': Buffer.byteLength(text), location });
    response.end(text);
    return;
  }
  const collection = collections.get(path);
  if (collection !== undefined) {
    const body = JSON.stringify({ resources: collection });
    response.writeHead(200, { 'Content-Type': 'application/occi+json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
    return;
  }
  const prepared = answers.get(path);
  if (prepared === undefined) {
    response.writeHead(404, { 'Content-Length': 0 });
    response.end();
    return;
  }
  response.writeHead(200, { ...prepared.headers, 'Content-Length': Buffer.byteLength(prepared.body) });
  response.end(prepared.body);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
process.on('message', ({ path, answer, collection, creation }: Preparation) => {
  if (answer !== undefined) answers.set(path, answer);
  if (collection !== undefined) collections.set(path, collection);
  if (creation !== undefined) creations.set(path, creation);
  process.send?.({ ready: path });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => {
  journal.remove();
  process.exit(0);
});
