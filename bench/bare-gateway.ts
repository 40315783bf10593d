/**
 * The baseline of the way to agents, in a process of its own: a POST is appended to a file, flushed, and sent on as a
 * call with bare amqplib; what is answered to that is the answer. What agents tell is acknowledged and forgotten.
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
const waiting = new Map<string, (answer: string) => void>();
const { queue: replies } = await receiving.assertQueue('', { exclusive: true });
await receiving.consume(
  replies,
  (message) => {
    if (message === null) return;
    const { _msg_id, result } = JSON.parse(JSON.parse(message.content.toString())['oslo.message']);
    waiting.get(_msg_id)?.(JSON.stringify(result));
    waiting.delete(_msg_id);
  },
  { noAck: true },
);
await receiving.assertExchange('nova', 'topic', { durable: false, autoDelete: false });
await receiving.assertQueue('bench-events', { durable: true });
await receiving.bindQueue('bench-events', 'nova', 'notifications.info');
await receiving.consume('bench-events', (message) => message !== null && receiving.ack(message));

let last = 0;
async function call(method: string, uuid: string): Promise<string> {
  const id = String(++last);
  const { promise, resolve } = Promise.withResolvers<string>();
  waiting.set(id, resolve);
  const request = {
    method,
    args: { instance_uuid: uuid },
    version: '1.0',
    _msg_id: id,
    _reply_q: replies,
    _unique_id: id,
  };
  const content = JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(request) });
  await new Promise<void>((sent, failed) => {
    const settle = (error: Error | null): void => (error ? failed(error) : sent());
    const properties = { contentType: 'application/json', mandatory: true, persistent: true };
    sending.publish('nova', 'compute', Buffer.from(content), properties, settle);
  });
  return promise;
}

const server = createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces).toString('utf8');
  const path = request.url as string;
  const isAction = path.includes('?action=');
  await journal.append(body);
  const uuid = isAction ? path.slice('/compute/'.length, path.indexOf('?')) : crypto.randomUUID();
  const answer = await call(isAction ? 'reboot_instance' : 'run_instance', uuid);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(answer) });
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => {
  journal.remove();
  process.exit(0);
});
