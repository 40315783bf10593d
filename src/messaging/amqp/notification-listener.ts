import type { ConfirmChannel, ConsumeMessage, RecoveringChannelModel } from 'amqplib';
import { unseal } from '../envelope.ts';
import { type Notification, notification } from '../message.ts';
import { Recent } from '../recent.ts';
import type { Listener } from '../transport.ts';
import { uniqueId } from '../unique-id.ts';
import type { EventQueueOptions } from './options.ts';
import { SteadyChannel } from './steady-channel.ts';
import type { Topology } from './topology.ts';

/** How many notifications are remembered, so that one that comes again is not handed over again. */
const remembered = 4096;

/** How many are handed over before the first of them has been dealt with. */
const prefetch = 256;

/** Milliseconds until a notification comes again that could not be dealt with. */
const retryMs = 1000;

const defaults = {
  keys: ['notifications.info', 'notifications.error', 'notifications.sample'],
  maxLength: 100_000,
  maxAgeMs: 24 * 3_600_000,
} as const;

export interface NotificationListenerOptions {
  readonly listener: Listener;
  readonly connection: RecoveringChannelModel;
  readonly topology: Topology;
  readonly queue: EventQueueOptions;
  readonly maxMessageBytes: number;
  readonly onReturn: () => void;
  readonly log: (message: string, detail?: unknown) => void;
}

/**
 * Hands notifications over in the order in which they come, and acknowledges each when it has been dealt with. One that
 * makes no sense is logged and dropped.
 */
export class NotificationListener {
  readonly #options: NotificationListenerOptions;
  readonly #channel: SteadyChannel;
  readonly #heard = new Recent(remembered);
  readonly #working = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: NotificationListenerOptions) {
    const { connection, onReturn, log } = options;
    this.#options = options;
    this.#channel = new SteadyChannel(connection, {
      purpose: 'notifications',
      setUp: (channel) => this.#consume(channel),
      onReturn,
      log,
    });
  }

  get isReady(): boolean {
    return this.#channel.current !== undefined;
  }

  async ready(withinMs: number): Promise<boolean> {
    return (await this.#channel.usable(withinMs)) !== undefined;
  }

  /** Takes no more; resolves when those under way have been dealt with. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#working);
    await this.#channel.close();
  }

  async #consume(channel: ConfirmChannel): Promise<void> {
    const { topology, queue } = this.#options;
    await channel.prefetch(prefetch);
    const name = await this.#declare(channel, queue);
    for (const exchange of queue.exchanges ?? [topology.exchange]) {
      await topology.controlExchange(channel, exchange);
      for (const key of queue.keys ?? defaults.keys) await channel.bindQueue(name, exchange, key);
    }
    await channel.consume(name, (message) => {
      if (message === null) this.#channel.renew(`the queue ${name} was deleted`);
      else this.#take(channel, message);
    });
  }

  async #declare(channel: ConfirmChannel, options: EventQueueOptions): Promise<string> {
    const { queue, maxLength = defaults.maxLength, maxAgeMs = defaults.maxAgeMs } = options;
    const limits = { 'x-max-length': maxLength, 'x-message-ttl': maxAgeMs };
    if (queue === undefined) {
      const name = `occi-events-${uniqueId()}`;
      await channel.assertQueue(name, { exclusive: true, autoDelete: true, arguments: limits });
      return name;
    }
    await channel.assertQueue(queue, { durable: true, arguments: { ...limits, 'x-single-active-consumer': true } });
    return queue;
  }

  #take(channel: ConfirmChannel, message: ConsumeMessage): void {
    if (this.#stopped) return;
    const work = this.#hand(channel, message).finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  /** Never rejects. */
  async #hand(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    const told = this.#read(message);
    if (told === undefined || this.#heard.has(told.message_id)) {
      settle(() => channel.ack(message));
      return;
    }
    try {
      await this.#options.listener(told);
      this.#heard.add(told.message_id);
      settle(() => channel.ack(message));
    } catch (error) {
      if (!this.#stopped) {
        this.#options.log('a notification could not be dealt with, it will come again', error);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
      settle(() => channel.nack(message, false, true));
    }
  }

  #read({ content, properties }: ConsumeMessage): Notification | undefined {
    const { maxMessageBytes, log } = this.#options;
    try {
      if (content.length > maxMessageBytes)
        throw new Error(`it has ${content.length} bytes, ${maxMessageBytes} at most`);
      return notification.parse(unseal(content, properties.contentType));
    } catch (error) {
      log('a notification that makes no sense was dropped', error);
      return undefined;
    }
  }
}

/** On a channel that is gone there is nothing to settle: the broker gives the message out again. */
function settle(work: () => void): void {
  try {
    work();
  } catch {
    return;
  }
}
