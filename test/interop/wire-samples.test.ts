import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ConsumeMessage, connect } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { type Message, seal, unseal } from '../../src/messaging/envelope.ts';
import { notification, readRequest, rpcFailure } from '../../src/messaging/message.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';

/** A directory with messages that others have captured on a bus, when there is one. */
const samples = process.env['OCCI_TEST_WIRE_SAMPLES'];
const describeWithRabbitMq = samples === undefined ? describe.skip : await describeWith('rabbitmq-server');

interface Captured {
  readonly exchange: string;
  readonly routing_key: string;
  readonly body_raw?: string;
  readonly message: Message;
}

const files = (directory: string): readonly string[] =>
  samples === undefined
    ? []
    : readdirSync(join(samples, directory))
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(samples, directory, name));
const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

/** Reads a message as whoever receives it does, by what it is. */
function understand(name: string, message: Message): void {
  if (/notification/.test(name)) notification.parse(message);
  else if (!/reply/.test(name)) readRequest(message);
  else if (typeof message['failure'] === 'string') rpcFailure.parse(JSON.parse(message['failure']));
}

describe.skipIf(samples === undefined)('captured messages', () => {
  it('are understood: those of Nova', () => {
    const all = files('nova');
    expect(all.length).toBeGreaterThan(100);
    for (const file of all) {
      const { message } = read<Captured>(file);
      const again = unseal(seal(message), 'application/json');
      expect(again, file).toEqual(message);
      expect(() => understand(basename(file), again), file).not.toThrow();
    }
  });

  it('are understood, byte for byte: those between Python and Node', () => {
    const all = files('scratch');
    expect(all.length).toBeGreaterThan(40);
    for (const file of all) {
      const { body_raw = '', message } = read<Captured>(file);
      const inner = unseal(Buffer.from(body_raw), 'application/json');
      expect(inner, file).toEqual(message);
      expect(() => understand(basename(file), inner), file).not.toThrow();
    }
  });

  it('are understood: notifications of an agent', () => {
    const all = read<readonly Captured[]>(join(samples as string, 'proposed', 'notifications.json'));
    expect(all.length).toBeGreaterThan(20);
    for (const { message } of all) expect(() => notification.parse(message)).not.toThrow();
  });
});

describeWithRabbitMq('the commands of others, sent by us', () => {
  it('are the same, field by field', async () => {
    const url = await sharedRabbitMq();
    const transport = await openAmqpTransport({ url });
    const operator = await connect(url);
    const channel = await operator.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    for (const topic of ['compute', 'network', 'volume']) {
      for (const key of [topic, `${topic}.host1`]) await channel.bindQueue(queue, 'nova', key);
    }
    let caught = (_: ConsumeMessage): void => {};
    await channel.consume(queue, (message) => message !== null && caught(message), { noAck: true });

    const all = files('proposed').filter((file) => !file.endsWith('notifications.json'));
    expect(all.length).toBeGreaterThan(20);
    for (const file of all) {
      const { request } = read<{ request: Captured & { properties: Readonly<Record<string, unknown>> } }>(file);
      const arrived = new Promise<ConsumeMessage>((resolve) => {
        caught = resolve;
      });
      const [topic = '', server] = request.routing_key.split('.');
      const { _msg_id, _reply_q, _unique_id, _timeout, ...sent } = request.message;
      const target = server === undefined ? { topic } : { topic, server };
      const timeoutMs = Number(request.properties['expiration']);
      // Nobody answers: it is given up when the transport is closed.
      transport.call(target, readRequest(sent), { timeoutMs }).catch(() => undefined);
      const { content, properties } = await arrived;
      const ours = unseal(content, properties.contentType);
      const { _msg_id: id, _reply_q: reply, _unique_id: unique, _timeout: monitor, ...rest } = ours;
      expect(rest, file).toEqual(sent);
      expect(monitor, file).toEqual(_timeout);
      expect([id, unique], file).toEqual([_msg_id, _unique_id].map(() => expect.stringMatching(/^[0-9a-f]{32}$/)));
      expect(reply, file).toMatch(/^reply_[0-9a-f]{32}$/);
      expect(_reply_q, file).toMatch(/^reply_[0-9a-f]{32}$/);
      const { messageId: _, mandatory: __, ...theirs } = request.properties;
      expect(properties, file).toMatchObject(theirs);
    }
    await transport.close();
    await operator.close();
  });
});
