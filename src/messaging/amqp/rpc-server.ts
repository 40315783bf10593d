import type { ConfirmChannel, ConsumeMessage, RecoveringChannelModel } from 'amqplib';
import { z } from 'zod';
import { unseal } from '../envelope.ts';
import { failureOf, type Json, type RpcRequest, readRequest } from '../message.ts';
import { Recent } from '../recent.ts';
import type { Delivery, RequestHandler, Target } from '../transport.ts';
import { uniqueId } from '../unique-id.ts';
import type { Publisher } from './publisher.ts';
import { SteadyChannel } from './steady-channel.ts';
import type { Topology } from './topology.ts';

/** What a request says about where and how it is to be answered; without an id it is not. */
const answerable = z.object({
  _msg_id: z.string().nullish(),
  _reply_q: z.string().nullish(),
  _timeout: z.number().positive().nullish().catch(null),
});
type Answerable = z.infer<typeof answerable>;

/** How many requests a server remembers, so that one that comes again is not carried out again. */
const remembered = 256;

/** For how long an answer is tried to be delivered to a queue that is not there, and how often, in milliseconds. */
const deliveryMs = 60_000;
const deliveryRetryMs = 250;

export interface RpcServerOptions {
  readonly target: Required<Target>;
  readonly handler: RequestHandler;
  readonly publisher: Publisher;
  readonly connection: RecoveringChannelModel;
  readonly topology: Topology;
  readonly prefetch: number;
  readonly maxMessageBytes: number;
  readonly log: (message: string, detail?: unknown) => void;
}

/**
 * Serves the requests for a topic, for one host of it, and for all hosts of it.
 *
 * A request is acknowledged when its handler is called, not when it has been answered: it is carried out once at most,
 * and who sent it learns from the missing answer that it has to ask. Those that wait for their turn are given back to
 * the broker when the server dies.
 */
export class RpcServer {
  readonly #options: RpcServerOptions;
  readonly #requests: SteadyChannel;
  readonly #fanoutId = uniqueId();
  readonly #seen = new Recent(remembered);
  readonly #running = new Set<Promise<void>>();
  readonly #turns: (() => void)[] = [];
  #consumers: readonly string[] = [];
  #stopping = false;

  constructor(options: RpcServerOptions) {
    const { connection, target, log } = options;
    this.#options = options;
    this.#requests = new SteadyChannel(connection, {
      purpose: `requests for ${target.topic}.${target.server}`,
      setUp: (channel) => this.#consume(channel),
      log,
    });
  }

  /** Resolves with whether requests are taken, when they are or the time is over. */
  async ready(withinMs: number): Promise<boolean> {
    return (await this.#requests.usable(withinMs)) !== undefined;
  }

  /** Takes no more requests; resolves when those that were begun have been answered. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const channel = this.#requests.current;
    await Promise.all(this.#consumers.map((tag) => channel?.cancel(tag).catch(() => undefined)));
    await Promise.all(this.#running);
    // What has not been begun goes back to the broker with the channel.
    await this.#requests.close();
  }

  async #consume(channel: ConfirmChannel): Promise<void> {
    const { topology, target, prefetch } = this.#options;
    const { topic, server } = target;
    await channel.prefetch(prefetch);
    await topology.controlExchange(channel);
    const own = `${topic}.${server}`;
    for (const name of [topic, own]) await topology.requestQueue(channel, name);
    const fanout = await topology.fanoutQueue(channel, topic, this.#fanoutId);
    const consumers: string[] = [];
    for (const queue of [topic, own, fanout]) {
      const { consumerTag } = await channel.consume(queue, (message) => {
        if (message === null) this.#requests.renew(`the queue ${queue} was deleted`);
        else this.#take(channel, message);
      });
      consumers.push(consumerTag);
    }
    this.#consumers = consumers;
  }

  /** Begins with a request now, or when one of those before it is done. */
  #take(channel: ConfirmChannel, message: ConsumeMessage): void {
    if (this.#stopping) return;
    if (this.#running.size >= this.#options.prefetch) {
      this.#turns.push(() => this.#take(channel, message));
      return;
    }
    try {
      channel.ack(message);
    } catch {
      // The channel is gone, and the broker gives the request to whoever comes next.
      return;
    }
    const work = this.#work(message).finally(() => {
      this.#running.delete(work);
      this.#turns.shift()?.();
    });
    this.#running.add(work);
  }

  /** Never rejects. */
  async #work({ content, properties }: ConsumeMessage): Promise<void> {
    const { log, maxMessageBytes, target } = this.#options;
    let message: Readonly<Record<string, unknown>>;
    try {
      if (content.length > maxMessageBytes)
        throw new Error(`it has ${content.length} bytes, ${maxMessageBytes} at most`);
      message = unseal(content, properties.contentType);
    } catch (error) {
      log(`a request for ${target.topic} was dropped`, error);
      return;
    }
    const id = message['_unique_id'];
    if (typeof id === 'string') {
      if (this.#seen.has(id)) return;
      this.#seen.add(id);
    }
    const { traceparent } = properties.headers ?? {};
    const delivery = typeof traceparent === 'string' ? { traceparent } : {};
    const to = answerable.safeParse(message).data ?? {};
    const stopSigns = this.#signsOfLife(to);
    const outcome = await this.#outcome(message, delivery);
    stopSigns();
    await this.#answer(to, { ...outcome, ending: true });
  }

  async #outcome(message: object, delivery: Delivery): Promise<Outcome> {
    try {
      const request: RpcRequest = readRequest(message);
      return { result: await this.#options.handler(request, delivery), failure: null };
    } catch (error) {
      return { result: null, failure: JSON.stringify(failureOf(error)) };
    }
  }

  /** Tells the caller that the work is under way, twice in the time after which it would give up. */
  #signsOfLife(to: Answerable): () => void {
    const { _timeout: seconds } = to;
    if (seconds === null || seconds === undefined || seconds < 2) return () => {};
    const timer = setInterval(() => {
      void this.#answer(to, { result: null, failure: null, ending: false });
    }, seconds * 500);
    return () => clearInterval(timer);
  }

  async #answer({ _msg_id, _reply_q }: Answerable, outcome: Outcome & { readonly ending: boolean }): Promise<void> {
    if (!_msg_id || !_reply_q) return;
    const { publisher, log } = this.#options;
    const message = { ...outcome, _msg_id, _unique_id: uniqueId() };
    const deadline = performance.now() + (outcome.ending ? deliveryMs : 0);
    let problem: unknown = 'its reply queue is gone';
    do {
      try {
        if (await publisher.publish({ exchange: '', routingKey: _reply_q, message, mandatory: true })) return;
      } catch (error) {
        problem = error;
      }
      // The caller declares its queue again when the connection is back.
      await new Promise((resolve) => setTimeout(resolve, deliveryRetryMs));
    } while (performance.now() < deadline && !this.#stopping);
    if (outcome.ending) log('an answer could not be delivered', problem);
  }
}

interface Outcome {
  readonly result: Json;
  readonly failure: string | null;
}
