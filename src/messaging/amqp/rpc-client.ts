import type { ConfirmChannel, ConsumeMessage, RecoveringChannelModel } from 'amqplib';
import { z } from 'zod';
import { unseal } from '../envelope.ts';
import { type Json, NoReply, NoServer, RemoteError, type RpcRequest, rpcFailure } from '../message.ts';
import { addressOf, type CallOptions, type SendOptions, type Target } from '../transport.ts';
import { uniqueId } from '../unique-id.ts';
import { Attendance } from './attendance.ts';
import { BrokerAway, type Publication, type Publisher, Unconfirmed } from './publisher.ts';
import { SteadyChannel } from './steady-channel.ts';
import type { Topology } from './topology.ts';

/** A reply: a sign of life when it is not the ending; `failure` is JSON inside JSON inside the envelope. */
const reply = z.object({
  _msg_id: z.string(),
  result: z.unknown().optional(),
  failure: z.string().nullish(),
  ending: z.boolean().default(false),
});
type Reply = z.infer<typeof reply>;

/** For how long an address that has answered is taken to be served, in milliseconds. */
const lateMs = 5000;

/** How often it is looked whether an address that does not answer is still served, in milliseconds. */
const lookMs = 1000;

/** For how many looks nobody has to be there: who is away for a moment, or takes no more, may still answer. */
const looksInVain = 5;

/** A call that waits for its answer. */
interface Pending {
  /** What a reply before the last one has brought; it counts when the last one brings nothing. */
  early: Json;
  /** Whoever was called has given a sign of life, or has answered. */
  alive(): void;
  resolve(result: Json): void;
  reject(error: Error): void;
}

export interface RpcClientOptions {
  readonly publisher: Publisher;
  /** For receiving; a connection that is held up because it sends too much would not receive. */
  readonly connection: RecoveringChannelModel;
  readonly topology: Topology;
  readonly log: (message: string, detail?: unknown) => void;
}

/** Sends requests, and hands the answers to who waits for them. All calls of a process share one reply queue. */
export class RpcClient {
  readonly #publisher: Publisher;
  readonly #topology: Topology;
  readonly #log: (message: string, detail?: unknown) => void;
  readonly #replies: SteadyChannel;
  readonly #replyQueue = `reply_${uniqueId()}`;
  readonly #pending = new Map<string, Pending>();
  readonly #attendance: Attendance;
  /** By address: when it answered last. */
  readonly #answered = new Map<string, number>();

  constructor({ publisher, connection, topology, log }: RpcClientOptions) {
    this.#publisher = publisher;
    this.#topology = topology;
    this.#log = log;
    this.#attendance = new Attendance(connection);
    this.#replies = new SteadyChannel(connection, {
      purpose: 'answers',
      setUp: (channel) => this.#consume(channel),
      log,
    });
  }

  /** As with {@link Transport.call}. */
  async call(target: Target, request: RpcRequest, options: CallOptions): Promise<Json> {
    const { timeoutMs, monitorSeconds, traceparent } = options;
    const address = addressOf(target);
    await this.#assertServed(address);
    const id = uniqueId();
    const answer = this.#await(id, address, options);
    // The answer may be faster than the confirmation that the request was sent, while nobody looks at it yet.
    answer.catch(() => undefined);
    try {
      if (this.#replies.current === undefined) throw new BrokerAway('the message broker is away');
      await this.#send(target, {
        exchange: this.#topology.exchange,
        routingKey: address,
        message: {
          ...request,
          _unique_id: uniqueId(),
          _msg_id: id,
          _reply_q: this.#replyQueue,
          _timeout: monitorSeconds ?? null,
        },
        mandatory: true,
        expiresMs: timeoutMs,
        ...(traceparent === undefined ? {} : { traceparent }),
      });
    } catch (error) {
      this.#pending.get(id)?.reject(error as Error);
    }
    return answer;
  }

  /** As with {@link Transport.cast}. */
  async cast(target: Target, request: RpcRequest, { traceparent }: SendOptions = {}): Promise<void> {
    await this.#send(target, {
      exchange: this.#topology.exchange,
      routingKey: addressOf(target),
      message: { ...request, _unique_id: uniqueId() },
      mandatory: true,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
  }

  /** As with {@link Transport.fanout}. The exchange is there when a server of the topic is. */
  async fanout(topic: string, request: RpcRequest, { traceparent }: SendOptions = {}): Promise<void> {
    const channel = this.#replies.current;
    if (channel === undefined) throw new NoServer('the message broker is away');
    const exchange = await this.#topology.fanoutExchange(channel, topic);
    await this.#send(
      { topic },
      {
        exchange,
        routingKey: '',
        message: { ...request, _unique_id: uniqueId() },
        ...(traceparent === undefined ? {} : { traceparent }),
      },
    );
  }

  get isReady(): boolean {
    return this.#replies.current !== undefined;
  }

  async ready(withinMs: number): Promise<boolean> {
    return (await this.#replies.usable(withinMs)) !== undefined;
  }

  async close(): Promise<void> {
    for (const { reject } of this.#pending.values()) reject(new NoReply('the transport was closed'));
    const channel = this.#replies.current;
    // What nobody waits for would otherwise be kept for half an hour.
    await channel?.deleteQueue(this.#replyQueue).catch(() => undefined);
    await this.#replies.close();
  }

  /** @throws NoServer, NoReply */
  async #send(target: Target, publication: Publication): Promise<void> {
    try {
      if (await this.#publisher.publish(publication)) return;
    } catch (error) {
      if (error instanceof Unconfirmed) {
        throw new NoReply(`it is not known whether ${addressOf(target)} has got the request`, { cause: error });
      }
      throw error instanceof BrokerAway ? new NoServer(error.message, { cause: error }) : error;
    }
    throw new NoServer(`nobody serves ${addressOf(target)}`);
  }

  /** @throws NoServer when an address that has not answered lately has a queue, but nobody who would take the request */
  async #assertServed(address: string): Promise<void> {
    if (performance.now() - (this.#answered.get(address) ?? Number.NEGATIVE_INFINITY) < lateMs) return;
    if (await this.#attendance.isAbandoned(address)) throw new NoServer(`nobody serves ${address}`);
  }

  #await(id: string, address: string, { timeoutMs, monitorSeconds }: CallOptions): Promise<Json> {
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    const silent = (ms: number) =>
      setTimeout(() => reject(new NoReply(`${address} did not answer within ${ms} ms`)), ms);
    const whole = silent(timeoutMs);
    let life = monitorSeconds === undefined ? undefined : silent(monitorSeconds * 1000);
    const looks = this.#whenAbandoned(address, () => {
      reject(new NoReply(`${address} is not served any more; it is not known whether it has carried the request out`));
    });
    this.#pending.set(id, {
      early: null,
      alive: () => {
        this.#answered.set(address, performance.now());
        if (monitorSeconds === undefined) return;
        clearTimeout(life);
        life = silent(monitorSeconds * 1000);
      },
      resolve,
      reject: (error) => reject(error instanceof BrokerAway ? new NoServer(error.message, { cause: error }) : error),
    });
    return promise.finally(() => {
      this.#pending.delete(id);
      clearTimeout(whole);
      clearTimeout(life);
      clearInterval(looks);
    });
  }

  /** Looks from time to time whether anybody serves an address. */
  #whenAbandoned(address: string, giveUp: () => void): NodeJS.Timeout {
    let inVain = 0;
    return setInterval(async () => {
      inVain = (await this.#attendance.isAbandoned(address)) ? inVain + 1 : 0;
      if (inVain >= looksInVain) giveUp();
    }, lookMs);
  }

  async #consume(channel: ConfirmChannel): Promise<void> {
    await this.#topology.replyQueue(channel, this.#replyQueue);
    const receive = (message: ConsumeMessage | null): void => {
      if (message === null) this.#replies.renew('the reply queue was deleted');
      else this.#receive(message);
    };
    await channel.consume(this.#replyQueue, receive, { noAck: true });
  }

  #receive({ content, properties }: ConsumeMessage): void {
    let answer: Reply;
    try {
      answer = reply.parse(unseal(content, properties.contentType));
    } catch (error) {
      this.#log('an answer that makes no sense was dropped', error);
      return;
    }
    // Nobody waits any more for what comes too late.
    const pending = this.#pending.get(answer._msg_id);
    if (pending === undefined) return;
    pending.alive();
    const { failure = null, ending } = answer;
    const result = (answer.result ?? pending.early) as Json;
    if (!ending && failure === null) {
      pending.early = result;
      return;
    }
    try {
      if (failure === null) pending.resolve(result);
      else pending.reject(new RemoteError(rpcFailure.parse(JSON.parse(failure))));
    } catch (error) {
      this.#log('the failure in an answer makes no sense', error);
      pending.reject(new RemoteError(unreadable));
    }
  }
}

/** What is made of a failure that cannot be read: it was one, and that is all there is to know. */
const unreadable = {
  class: 'RemoteError',
  module: 'oslo_messaging.rpc.client',
  message: 'the failure cannot be read',
  tb: [],
  args: [],
  kwargs: {},
};
