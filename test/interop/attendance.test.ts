import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'amqplib';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { NoReply, NoServer, type RpcRequest } from '../../src/messaging/message.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

const request: RpcRequest = { method: 'x', args: {}, version: '1.0' };
const target = { topic: 'compute', server: 'node1' };
/** Longer than any test may take. */
const forLong = { timeoutMs: 600_000 };

describeWithRabbitMq('a call to a queue that outlives its server', () => {
  let url: string;
  const open: Transport[] = [];
  const transport = async (): Promise<Transport> => {
    const one = await openAmqpTransport({ url });
    open.push(one);
    return one;
  };
  /** How many requests wait for a server. */
  const waiting = async (): Promise<number> => {
    const connection = await connect(url);
    const channel = await connection.createChannel();
    const { messageCount } = await channel.checkQueue('compute.node1');
    await connection.close();
    return messageCount;
  };
  beforeAll(async () => {
    url = await sharedRabbitMq();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  it('fails at once when the server is gone, and leaves nothing for one that comes later', async () => {
    const agent = await transport();
    await agent.serve(target, async () => 'here');
    await agent.close();
    const gateway = await transport();
    await expect(gateway.call(target, request, forLong)).rejects.toThrow(new NoServer('nobody serves compute.node1'));
    expect(await waiting()).toBe(0);
  });

  it('fails soon when the server goes while it is working, because nobody knows how far it came', async () => {
    const [agent, gateway] = [await transport(), await transport()];
    const begun = Promise.withResolvers<void>();
    const never = Promise.withResolvers<null>();
    const end = await agent.serve(target, async ({ method }) => {
      if (method === 'first') return 'here';
      begun.resolve();
      return never.promise;
    });
    expect(await gateway.call(target, { ...request, method: 'first' }, forLong)).toBe('here');
    const lost = gateway.call(target, request, forLong);
    lost.catch(() => undefined);
    await begun.promise;
    // It takes no more requests from now on, and waits for the one that never ends.
    const ending = end();
    await expect(lost).rejects.toThrow(NoReply);
    await expect(lost).rejects.toThrow('is not served any more');
    never.resolve(null);
    await ending;
  });

  it('waits for a server that takes long, and for one that is busy with others', async () => {
    const [agent, gateway] = [await transport(), await transport()];
    await agent.serve(target, async () => {
      await delay(3500);
      return 'here';
    });
    const calls = [1, 2, 3].map(() => gateway.call(target, request, forLong));
    expect(await Promise.all(calls)).toEqual(['here', 'here', 'here']);
  });
});
