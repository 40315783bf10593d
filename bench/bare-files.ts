/**
 * The baseline of values, in a process of its own: a bare node:http server that streams what it is sent into a file,
 * answers when that is on the disk, and streams files back. `/prepared` is answered from memory with what the
 * benchmark has told it.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const directory = mkdtempSync(join(tmpdir(), 'bare-files-'));
const type = 'application/octet-stream';
let last = 0;
let prepared = '';

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url as string;
  const file = join(directory, encodeURIComponent(path));
  if (request.method === 'PUT') {
    const aside = join(directory, String(++last));
    await pipeline(request, createWriteStream(aside, { flush: true }));
    await rename(aside, file);
    response.writeHead(201, { 'Content-Length': 0 }).end();
  } else if (path === '/prepared') {
    const length = Buffer.byteLength(prepared);
    response.writeHead(200, { 'Content-Type': 'application/cdmi-container', 'Content-Length': length }).end(prepared);
  } else {
    const { size } = await stat(file);
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': size });
    await pipeline(createReadStream(file), response);
  }
}

const server = createServer((request, response) => {
  // A client that has all it wants may be gone before the connection is closed here.
  answer(request, response).catch(() => response.destroy());
});
process.on('message', (body: string) => {
  prepared = body;
  process.send?.('prepared');
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => {
  rmSync(directory, { recursive: true });
  process.exit(0);
});
