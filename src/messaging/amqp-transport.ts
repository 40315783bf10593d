import { openConnection } from './amqp/connection.ts';
import { NotificationListener } from './amqp/notification-listener.ts';
import { Notifier } from './amqp/notifier.ts';
import { type AmqpOptions, amqpDefaults } from './amqp/options.ts';
import { Publisher } from './amqp/publisher.ts';
import { RpcClient } from './amqp/rpc-client.ts';
import { RpcServer } from './amqp/rpc-server.ts';
import { Topology } from './amqp/topology.ts';
import type { Transport } from './transport.ts';

export type { AmqpOptions, Declaration, EventQueueOptions } from './amqp/options.ts';

/** What is needed once: a server or a listener, to be stopped with the transport. */
interface Stoppable {
  stop(): Promise<void>;
}

/** How long to wait for the broker before going on without it, in milliseconds. */
const patienceMs = 5000;

/**
 * The bus over RabbitMQ, in the wire format of oslo.messaging 2.0, so that either side may be Python.
 *
 * When the broker is away, now or later, it is looked for until it is there, and everything is declared again; calls
 * meanwhile fail with NoServer. There is a connection for sending and one for receiving, because the broker holds up
 * one that sends too much.
 *
 * @throws Error when the URL or the certificates cannot be used
 */
export async function openAmqpTransport(options: AmqpOptions): Promise<Transport> {
  const { exchange, declare, prefetch, maxMessageBytes, maxWaitingNotifications, events, log } = {
    ...amqpDefaults,
    ...options,
  };
  const topology = new Topology(exchange, declare);
  const listeners = new Set<() => void>();
  const onReturn = () => {
    for (const listener of listeners) listener();
  };
  const sending = await openConnection(options, 'sending');
  const receiving = await openConnection(options, 'receiving');
  const publisher = new Publisher({
    connection: sending,
    setUp: (channel) => topology.controlExchange(channel),
    onReturn,
    ...(options.onPublished && { onPublished: options.onPublished }),
    log,
  });
  const client = new RpcClient({ publisher, connection: receiving, topology, log });
  const notifier = new Notifier({ publisher, exchange, capacity: maxWaitingNotifications, log });
  const open = new Set<Stoppable>();
  /** There is nothing to wait for while the broker is away. */
  const patience = () => (publisher.isReady ? patienceMs : 0);
  const stopping = (one: Stoppable) => async () => {
    open.delete(one);
    await one.stop();
  };
  await Promise.all([publisher.ready(patienceMs), client.ready(patienceMs)]);
  return {
    call: (target, request, callOptions) => client.call(target, request, callOptions),
    cast: (target, request, sendOptions) => client.cast(target, request, sendOptions),
    fanout: (topic, request, sendOptions) => client.fanout(topic, request, sendOptions),
    async serve(target, handler) {
      const common = { publisher, connection: receiving, topology, prefetch, maxMessageBytes, log };
      const server = new RpcServer({ ...common, target, handler });
      open.add(server);
      await server.ready(patience());
      return stopping(server);
    },
    notify: (notification) => notifier.notify(notification),
    async listen(listener) {
      const common = { listener, connection: receiving, topology, maxMessageBytes, onReturn, log };
      const own = events.map((queue) => new NotificationListener({ ...common, queue }));
      for (const one of own) open.add(one);
      await Promise.all(own.map((one) => one.ready(patience())));
      return async () => void (await Promise.all(own.map((one) => stopping(one)())));
    },
    onReconnect(listener) {
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
    async health() {
      if (!publisher.isReady || !client.isReady) throw new Error('the message broker is away');
    },
    async close() {
      listeners.clear();
      await Promise.all([...open].map((one) => one.stop()));
      await notifier.close();
      await client.close();
      await publisher.close();
      await Promise.all([sending.close(), receiving.close()]);
    },
  };
}
