import type { Channel, Options } from 'amqplib';
import type { Declaration } from './options.ts';

/** Milliseconds after which the broker deletes a queue that nobody uses: as in oslo.messaging. */
const abandonedMs = 1_800_000;

/**
 * The exchanges and queues of oslo.messaging, declared as the peers declare them.
 *
 * @see https://docs.openstack.org/oslo.messaging/latest/ for the options that the declarations stand for
 */
export class Topology {
  readonly exchange: string;
  readonly #declare: Declaration;

  constructor(exchange: string, declare: Declaration) {
    this.exchange = exchange;
    this.#declare = declare;
  }

  /** The control exchange, or another one of its sort. Passively, it fails until there is one. */
  async controlExchange(channel: Channel, name = this.exchange): Promise<void> {
    if (this.#declare === 'passive') await channel.checkExchange(name);
    else await channel.assertExchange(name, 'topic', { durable: this.#isDurable, autoDelete: false });
  }

  /** The queue of all servers of a topic, or of one of them. */
  async requestQueue(channel: Channel, name: string): Promise<void> {
    if (this.#declare === 'passive') {
      await channel.checkQueue(name);
      return;
    }
    const quorum: Options.AssertQueue = this.#declare === 'quorum' ? { arguments: { 'x-queue-type': 'quorum' } } : {};
    await channel.assertQueue(name, { durable: this.#isDurable, autoDelete: false, exclusive: false, ...quorum });
    await channel.bindQueue(name, this.exchange, name);
  }

  /** The exchange by which all servers of a topic are reached. It is there as long as one of them is. */
  async fanoutExchange(channel: Channel, topic: string): Promise<string> {
    const name = `${topic}_fanout`;
    await channel.assertExchange(name, 'fanout', { durable: false, autoDelete: true });
    return name;
  }

  /** The queue by which one server of a topic hears what is for all of them. */
  async fanoutQueue(channel: Channel, topic: string, id: string): Promise<string> {
    const exchange = await this.fanoutExchange(channel, topic);
    const name = `${topic}_fanout_${id}`;
    await channel.assertQueue(name, { durable: false, arguments: { 'x-expires': abandonedMs } });
    await channel.bindQueue(name, exchange, topic);
    return name;
  }

  /** The queue for the answers to all calls of a process. */
  async replyQueue(channel: Channel, name: string): Promise<void> {
    await channel.assertQueue(name, { durable: false, autoDelete: false, arguments: { 'x-expires': abandonedMs } });
  }

  get #isDurable(): boolean {
    return this.#declare !== 'transient';
  }
}
