import { type Json, NoReply, NoServer, RemoteError, type RpcRequest } from '../../messaging/message.ts';
import type { SendOptions, Target, Transport } from '../../messaging/transport.ts';
import { Unreachable } from '../backend.ts';
import type { Call } from './command.ts';
import type { Hosts } from './hosts.ts';

/** How agents are asked about what they have. */
const questions = {
  compute: { method: 'get_instance', id: 'instance_uuid' },
  network: { method: 'get_network', id: 'network_id' },
  volume: { method: 'get_volume', id: 'volume_id' },
} as const;

/** Something that was found on a host. */
export interface Found {
  readonly server: string;
  readonly result: Json;
}

/** The agents behind a transport. Whoever answers is known to live. */
export class Agents {
  readonly hosts: Hosts;
  readonly #transport: Transport;
  readonly #timeoutMs: number;

  constructor(transport: Transport, hosts: Hosts, timeoutMs: number) {
    this.#transport = transport;
    this.hosts = hosts;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws NoServer, NoReply, RemoteError */
  async call(target: Target, request: RpcRequest, options: SendOptions = {}): Promise<Json> {
    const { server } = target;
    // What is sent to a host that is away would wait in its queue for nothing.
    if (server !== undefined && this.hosts.isAway(server)) throw new NoServer(`agent ${server} is away`);
    return this.probe(target, request, this.#timeoutMs, options);
  }

  /** The same for a host that may be away, with a time of its own in milliseconds. */
  async probe(target: Target, request: RpcRequest, timeoutMs: number, options: SendOptions = {}): Promise<Json> {
    const { server } = target;
    try {
      const result = await this.#transport.call(target, request, { ...options, timeoutMs });
      if (server !== undefined) this.hosts.answered(server);
      return result;
    } catch (error) {
      if (server !== undefined && error instanceof RemoteError) this.hosts.answered(server);
      if (server !== undefined && (error instanceof NoReply || error instanceof NoServer)) this.hosts.missed(server);
      throw error;
    }
  }

  /**
   * What a host says about something of a topic.
   *
   * @returns undefined when it does not have it, or does not answer such questions
   * @throws NoServer, NoReply, RemoteError
   */
  async look(topic: Call['topic'], server: string | undefined, id: string): Promise<Json | undefined> {
    const question = questions[topic];
    const target = { topic, ...(server === undefined ? {} : { server }) };
    try {
      return await this.call(target, request(question.method, { [question.id]: id }));
    } catch (error) {
      if (error instanceof RemoteError && isNotThere(error)) return undefined;
      throw error;
    }
  }

  /**
   * Asks all hosts for something that may be on any of them.
   *
   * @throws Unreachable when a host that may have it cannot be asked
   */
  async find(topic: Call['topic'], id: string): Promise<Found | undefined> {
    const answers = await Promise.all(
      this.hosts.alive().map(async (server) => {
        try {
          return { server, result: await this.look(topic, server, id) };
        } catch (error) {
          // Not every agent serves networks and volumes.
          if (error instanceof NoServer && topic !== 'compute') return undefined;
          if (error instanceof RemoteError) return undefined;
          return new Unreachable(`agent ${server} cannot be asked whether it has it`, { cause: error });
        }
      }),
    );
    const found = answers.find((answer) => !(answer instanceof Unreachable) && answer?.result !== undefined);
    if (found !== undefined) return found as Found;
    const unknown = answers.find((answer) => answer instanceof Unreachable);
    if (unknown !== undefined) throw unknown;
    return undefined;
  }
}

/** A request of version 1.0. */
export function request(method: string, args: RpcRequest['args']): RpcRequest {
  return { method, args, version: '1.0' };
}

/** Whether an agent has no such thing, or no such method. */
function isNotThere({ failure }: RemoteError): boolean {
  return failure.class.endsWith('NotFound') || failure.kwargs['code'] === 404 || isUnknownMethod(failure.class);
}

/** Whether a failure is that an agent does not know a method or its arguments. */
const isUnknownMethod = (failureClass: string): boolean =>
  ['NoSuchMethod', 'UnsupportedVersion', 'TypeError'].includes(failureClass);
