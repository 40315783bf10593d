/**
 * The baseline: what a bare node:http server can do with the same bytes, in a process of its own.
 *
 * GET answers prepared bytes; a POST is read and parsed as JSON or text and answered with 201, either at once or, under
 * `/durable`, when an append to a file has been flushed, one flush for all that wait.
 */
import { fdatasync, openSync, rmSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const answers = new Map<string, { headers: Record<string, string>; body: string }>();
const collections = new Map<string, unknown[]>();
const file = join(tmpdir(), `bare-${process.pid}.log`);
const log = openSync(file, 'a');
let waiting: (() => void)[] = [];
let flushing = false;

function durably(line: string): Promise<void> {
  writeSync(log, line);
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (!flushing) setImmediate(flush);
    flushing = true;
  });
}

function flush(): void {
  const batch = waiting;
  waiting = [];
  fdatasync(log, () => {
    for (const resolve of batch) resolve();
    if (waiting.length > 0) flush();
    else flushing = false;
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  if (request.method === 'POST') {
    const body = await bodyOf(request);
    if (path.startsWith('/durable')) await durably(body);
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
  rmSync(file, { force: true });
  process.exit(0);
});
