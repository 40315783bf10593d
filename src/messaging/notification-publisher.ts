import { openConnection } from './amqp/connection.ts';
import { Notifier } from './amqp/notifier.ts';
import { type AmqpOptions, amqpDefaults } from './amqp/options.ts';
import { Publisher } from './amqp/publisher.ts';
import { Topology } from './amqp/topology.ts';
import type { Notification } from './message.ts';

/** Publishes notifications, and does nothing else. */
export interface NotificationPublisher {
  /** Resolves when the broker has it, or it was given up because the broker was away for too long. Never throws. */
  notify(notification: Notification): Promise<void>;
  close(): Promise<void>;
}

/**
 * A connection on which notifications are published to `exchange`, under `notifications.<priority>`. When the broker is
 * away they wait in memory.
 *
 * @throws Error when the URL or the certificates cannot be used
 */
export async function openNotificationPublisher(options: AmqpOptions): Promise<NotificationPublisher> {
  const { exchange, declare, maxWaitingNotifications: capacity, log } = { ...amqpDefaults, ...options };
  const topology = new Topology(exchange, declare);
  const connection = await openConnection(options, 'notifications');
  const publisher = new Publisher({
    connection,
    setUp: (channel) => topology.controlExchange(channel),
    ...(options.onPublished && { onPublished: options.onPublished }),
    log,
  });
  const notifier = new Notifier({ publisher, exchange, capacity, log });
  return {
    notify: (notification) => notifier.notify(notification),
    async close() {
      await notifier.close();
      await publisher.close();
      await connection.close();
    },
  };
}
