import type { Channel, RecoveringChannelModel } from 'amqplib';

/** For how long the broker may take to tell, in milliseconds. */
const patienceMs = 1000;

/**
 * Whether there is anybody who takes requests from a queue, as the broker knows it. A queue outlives its servers, so
 * what is sent to it would wait for nobody.
 */
export class Attendance {
  readonly #connection: RecoveringChannelModel;
  /** By queue: the question that is under way. */
  readonly #asking = new Map<string, Promise<boolean>>();

  constructor(connection: RecoveringChannelModel) {
    this.#connection = connection;
  }

  /** Resolves with whether a queue is there and nobody consumes it; with false when that cannot be told now. */
  isAbandoned(queue: string): Promise<boolean> {
    let answer = this.#asking.get(queue);
    if (answer === undefined) {
      answer = this.#ask(queue).finally(() => this.#asking.delete(queue));
      this.#asking.set(queue, answer);
    }
    return answer;
  }

  async #ask(queue: string): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, patienceMs, false);
    try {
      return await Promise.race([this.#isWithoutConsumers(queue), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Never rejects. On a channel of its own: the broker closes the one on which somebody asks for what is not there. */
  async #isWithoutConsumers(queue: string): Promise<boolean> {
    let channel: Channel | undefined;
    try {
      channel = await this.#connection.createChannel();
      channel.on('error', () => {});
      const { consumerCount } = await channel.checkQueue(queue);
      return consumerCount === 0;
    } catch {
      return false;
    } finally {
      await channel?.close().catch(() => undefined);
    }
  }
}
