import type { ConfirmChannel, Message, Options, RecoveringChannelModel } from 'amqplib';
import { seal } from '../envelope.ts';
import { uniqueId } from '../unique-id.ts';
import { SteadyChannel } from './steady-channel.ts';

/** Where a message goes, and how. */
export interface Publication {
  /** The default exchange is `''`. */
  readonly exchange: string;
  readonly routingKey: string;
  /** What is put into the envelope. */
  readonly message: object;
  /** Whether it comes back when there is no queue for it. */
  readonly mandatory?: boolean;
  /** Milliseconds after which the broker drops it, when nobody has taken it by then. */
  readonly expiresMs?: number;
  readonly traceparent?: string;
}

/** The broker is away; nothing was sent. */
export class BrokerAway extends Error {
  override readonly name = 'BrokerAway';
}

/** The connection was lost before the broker has said that it has the message. It may have it or not. */
export class Unconfirmed extends Error {
  override readonly name = 'Unconfirmed';
}

export interface PublisherOptions {
  readonly connection: RecoveringChannelModel;
  readonly setUp: (channel: ConfirmChannel) => Promise<void>;
  readonly onReturn?: () => void;
  /** Is told of each message that is confirmed, and whether it came back. */
  readonly onPublished?: (isReturned: boolean) => void;
  readonly log: (message: string, detail?: unknown) => void;
}

/** Sends messages, each until the broker has confirmed that it has it. */
export class Publisher {
  readonly #channel: SteadyChannel;
  /** Messages under way that came back, by id: the broker returns one before it confirms it. */
  readonly #returned = new Set<string>();
  readonly #onPublished: PublisherOptions['onPublished'];

  constructor({ connection, setUp, onReturn, onPublished, log }: PublisherOptions) {
    this.#onPublished = onPublished;
    this.#channel = new SteadyChannel(connection, {
      purpose: 'sending',
      setUp: async (channel) => {
        channel.on('return', ({ properties }: Message) => this.#returned.add(String(properties.messageId)));
        await setUp(channel);
      },
      onLost: () => this.#returned.clear(),
      ...(onReturn === undefined ? {} : { onReturn }),
      log,
    });
  }

  get isReady(): boolean {
    return this.#channel.current !== undefined;
  }

  /** Resolves with whether messages can be sent, when they can or the time is over. */
  async ready(withinMs: number): Promise<boolean> {
    return (await this.#channel.usable(withinMs)) !== undefined;
  }

  /**
   * @returns whether there was a queue for it; always so for one that is not mandatory
   * @throws BrokerAway, Unconfirmed
   */
  async publish(publication: Publication): Promise<boolean> {
    const channel = this.#channel.current;
    if (channel === undefined) throw new BrokerAway('the message broker is away');
    const id = uniqueId();
    await confirmed(channel, publication, id);
    const isReturned = this.#returned.delete(id);
    this.#onPublished?.(isReturned);
    return !isReturned;
  }

  close(): Promise<void> {
    return this.#channel.close();
  }
}

function confirmed(channel: ConfirmChannel, publication: Publication, messageId: string): Promise<void> {
  const { exchange, routingKey, message } = publication;
  return new Promise((resolve, reject) => {
    const settle = (error: unknown): void => {
      if (error === null || error === undefined) resolve();
      else reject(new Unconfirmed('the broker has not confirmed the message', { cause: error }));
    };
    try {
      channel.publish(exchange, routingKey, seal(message), properties(publication, messageId), settle);
    } catch (error) {
      reject(new BrokerAway('the message broker is away', { cause: error }));
    }
  });
}

/** As kombu sends them, but for the id, which peers ignore. */
function properties({ mandatory, expiresMs, traceparent }: Publication, messageId: string): Options.Publish {
  return {
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    deliveryMode: 2,
    priority: 0,
    messageId,
    headers: traceparent === undefined ? {} : { traceparent },
    ...(mandatory === true ? { mandatory } : {}),
    ...(expiresMs === undefined ? {} : { expiration: String(Math.ceil(expiresMs)) }),
  };
}
