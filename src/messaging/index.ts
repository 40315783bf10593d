/**
 * The messaging of occi-gateway on its own: remote procedure calls and notifications in the wire format of
 * oslo.messaging 2.0, over RabbitMQ or within a process.
 *
 * @example
 * const bus = await openAmqpTransport({ url: 'amqp://guest:guest@127.0.0.1:5672' });
 * await bus.serve({ topic: 'greeter', server: 'node1' }, dispatcher([{ version: '1.0', methods: { hello: () => 'hi' } }]));
 * await bus.call({ topic: 'greeter' }, { method: 'hello', args: {}, version: '1.0' }, { timeoutMs: 5000 });
 *
 * @module
 */
export { type AmqpOptions, type Declaration, type EventQueueOptions, openAmqpTransport } from './amqp-transport.ts';
export { dispatcher, type Endpoint, type Method } from './dispatcher.ts';
export { InProcessTransport } from './in-process.ts';
export {
  type Json,
  NoReply,
  NoServer,
  type Notification,
  RemoteError,
  type RpcFailure,
  type RpcRequest,
} from './message.ts';
export { type NotificationPublisher, openNotificationPublisher } from './notification-publisher.ts';
export type {
  CallOptions,
  Delivery,
  Listener,
  RequestHandler,
  SendOptions,
  Target,
  Transport,
} from './transport.ts';
