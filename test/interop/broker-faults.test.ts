import { connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AmqpOptions, openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { NoReply, NoServer } from '../../src/messaging/message.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import { until } from '../http/until.ts';
import { type RabbitMq, startRabbitMq } from './lab/rabbitmq.ts';
import { describeWith } from './lab/shared.ts';
import { ask, told } from './messages.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

const request = ask('x');
const target = { topic: 'compute', server: 'node1' };
const soon = { timeoutMs: 30_000 };

/** Calls until there is an answer. */
const answered = (transport: Transport) =>
  until(
    () => transport.call(target, request, { timeoutMs: 1000 }).catch(() => undefined),
    (answer) => answer !== undefined,
  );

describeWithRabbitMq('a transport whose broker fails', () => {
  let broker: RabbitMq;
  const open: Transport[] = [];
  const transport = async (options: Partial<AmqpOptions> = {}): Promise<Transport> => {
    const reconnect = { firstMs: 20, mostMs: 200 };
    const one = await openAmqpTransport({ url: broker.url, reconnect, ...options });
    open.push(one);
    return one;
  };
  beforeAll(async () => {
    broker = await startRabbitMq();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  afterAll(() => broker?.stop());

  it('goes on after an operator has closed all connections, and says so', async () => {
    const [agent, gateway] = [await transport(), await transport()];
    await agent.serve(target, async () => 'here');
    const heard: string[] = [];
    await gateway.listen(({ event_type }) => void heard.push(event_type));
    let returns = 0;
    gateway.onReconnect(() => void returns++);
    expect(await gateway.call(target, request, soon)).toBe('here');
    await broker.closeAllConnections();
    // Once for sending and once for listening: what others told before, nobody has kept for it.
    await until(
      async () => returns,
      (count) => count === 2,
    );
    expect(await answered(gateway)).toBe('here');
    await agent.notify(told('after'));
    await until(
      async () => heard.length,
      (length) => length === 1,
    );
    expect(heard).toEqual(['after']);
  });

  it('goes on after the broker was killed; calls meanwhile fail at once, notifications wait', async () => {
    const events = [{ queue: 'occi-events' }];
    const [agent, gateway] = [await transport(), await transport({ events })];
    const hung = Promise.withResolvers<null>();
    const taken = Promise.withResolvers<void>();
    await agent.serve(target, async ({ method }) => {
      if (method !== 'hang') return 'here';
      taken.resolve();
      return hung.promise;
    });
    const heard: string[] = [];
    await gateway.listen(({ event_type }) => void heard.push(event_type));
    await agent.notify(told('before'));
    const lost = gateway.call(target, ask('hang'), { timeoutMs: 3000 });
    lost.catch(() => undefined);
    await taken.promise;
    await broker.kill();
    await until(
      () => gateway.health().catch((error: Error) => error.message),
      (message) => message !== undefined,
    );
    await expect(gateway.call(target, request, soon)).rejects.toThrow(new NoServer('the message broker is away'));
    await expect(gateway.cast(target, request)).rejects.toThrow(NoServer);
    const during = ['1', '2', '3'].map((n) => agent.notify(told(`during.${n}`)));
    await expect(lost).rejects.toThrow(NoReply);
    await broker.start();
    expect(await answered(gateway)).toBe('here');
    await Promise.all(during);
    await gateway.health();
    hung.resolve(null);
    // Those that were published before the gateway had its queue again are what a survey is for.
    await until(
      async () => {
        await agent.notify(told('after'));
        return heard;
      },
      (types) => types.includes('after'),
    );
    expect(heard[0]).toBe('before');
  });

  it('declares its queues again when they were deleted behind its back', async () => {
    const [agent, gateway] = [await transport(), await transport()];
    await agent.serve(target, async () => 'here');
    await gateway.listen(() => {});
    expect(await gateway.call(target, request, soon)).toBe('here');
    const queues = (await broker.ctl('list_queues', 'name', '--no-table-headers')).trim().split('\n');
    expect(queues.length).toBeGreaterThanOrEqual(6);
    const operator = await connect(broker.url);
    const channel = await operator.createChannel();
    channel.on('error', () => {});
    for (const queue of queues.filter((name) => !name.startsWith('occi-events-'))) await channel.deleteQueue(queue);
    await operator.close();
    expect(await answered(gateway)).toBe('here');
  });

  it('starts before there is a broker, and works when there is one', async () => {
    await broker.kill();
    const both = await transport();
    await expect(both.health()).rejects.toThrow('away');
    const stop = await both.serve(target, async () => 'here');
    await broker.start();
    expect(await answered(both)).toBe('here');
    await stop();
  });

  it('can be closed while the broker is away', async () => {
    const both = await transport();
    await both.serve(target, async () => 'here');
    await both.listen(() => {});
    await broker.kill();
    const waiting = both.notify(told('lost'));
    await both.close();
    await waiting;
    await broker.start();
  });
});
