/**
 * The baseline: what a bare node:http server can do with the same bytes, in a process of its own.
 *
 * GET answers prepared bytes; a POST is read as text and answered with 201, either at once or, under
 * `/durable`, when an append to a file has been flushed, one flush for all that wait.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openJournal } from './journal.ts';

const answers = new Map<string, { headers: Record<string, string>; body: string }>();
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
    const id = crypto.randomUUID();
    const text = `X-OCCI-Location: http://127.0.0.1/compute/${id}`;
    response.writeHead(201, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      Location: `http://127.0.0.1/compute/${id}`,
    });
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
// What is to be answered comes from the benchmark, so that both servers send the same bytes.
process.on(
  'message',
  (message: { path: string; answer?: { headers: Record<string, string>; body: string }; collection?: unknown[] }) => {
    if (message.answer !== undefined) answers.set(message.path, message.answer);
    if (message.collection !== undefined) collections.set(message.path, message.collection);
    process.send?.({ ready: message.path });
  },
);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => {
  journal.remove();
  process.exit(0);
});
