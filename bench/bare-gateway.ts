/**
 * The baseline of the way to agents, in a process of its own: a POST is appended to a file, flushed, and sent on as a
 * bare amqplib call; the answer to that is the answer. What agents tell is acknowledged and forgotten.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'amqplib';
import { openJournal } from './journal.ts';

const url = process.argv[2] as string;
const journal = openJournal();
const sending = await (await connect(url, { noDelay: true })).createConfirmChannel();
const receiving = await (await connect(url, { noDelay: true })).createChannel();
await receiving.prefetch(256);
const waiting = new Map<string, (answer: Buffer) => void>();
const { queue: replyTo } = await receiving.assertQueue('', { exclusive: true });
await receiving.consume(
  replyTo,
  (message) => {
    const id = String(message?.properties.correlationId);
    if (message !== null) waiting.get(id)?.(message.content);
    waiting.delete(id);
  },
  { noAck: true },
);
await receiving.assertQueue('bench-events', { durable: true });
await receiving.consume('bench-events', (message) => message !== null && receiving.ack(message));

let last = 0;
async function call(request: Buffer): Promise<Buffer> {
  const correlationId = String(++last);
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  waiting.set(correlationId, resolve);
  await new Promise<void>((sent, failed) => {
    const settle = (error: Error | null): void => (error ? failed(error) : sent());
    sending.publish('', 'bench-agent', request, { correlationId, replyTo, mandatory: true, persistent: true }, settle);
  });
  return promise;
}

const server = createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  await journal.append(body.toString('utf8'));
  const answer = await call(body);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length });
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => {
  journal.remove();
  process.exit(0);
});
