import { setTimeout as delay } from 'node:timers/promises';
import { type Channel, type ChannelModel, connect, type Options } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AmqpOptions, openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { dispatcher } from '../../src/messaging/dispatcher.ts';
import { seal } from '../../src/messaging/envelope.ts';
import { type Json, NoReply, NoServer, RemoteError, type RpcRequest } from '../../src/messaging/message.ts';
import type { RequestHandler, Transport } from '../../src/messaging/transport.ts';
import { uniqueId } from '../../src/messaging/unique-id.ts';
import { until } from '../http/until.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';
import { ask, failureOf, told } from './messages.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

const soon = { timeoutMs: 20_000 };
const node1 = { topic: 'compute', server: 'node1' };
const node2 = { topic: 'compute', server: 'node2' };

describeWithRabbitMq('the transport over RabbitMQ', () => {
  let url: string;
  let raw: ChannelModel;
  const open: Transport[] = [];
  const faults: string[] = [];
  const transport = async (options: Partial<AmqpOptions> = {}): Promise<Transport> => {
    const one = await openAmqpTransport({ url, log: (message) => faults.push(message), ...options });
    open.push(one);
    return one;
  };
  /** Puts bytes on the bus as they are. */
  const put = async (exchange: string, key: string, content: Buffer, options: Options.Publish = {}) => {
    const channel = await raw.createConfirmChannel();
    channel.publish(exchange, key, content, { contentType: 'application/json', ...options });
    await channel.waitForConfirms();
    await channel.close();
  };
  /** How many messages wait in a queue. */
  const messagesIn = async (queue: string): Promise<number> => {
    const channel = await raw.createChannel();
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  };
  /** A server that takes requests, `prefetch` at most, and does nothing with them. */
  const consumer = async (queue: string, prefetch = 0): Promise<Channel> => {
    const channel = await raw.createChannel();
    await channel.prefetch(prefetch);
    await channel.assertQueue(queue, { durable: false });
    await channel.bindQueue(queue, 'nova', queue);
    await channel.consume(queue, () => {});
    return channel;
  };
  beforeAll(async () => {
    url = await sharedRabbitMq();
    raw = await connect(url);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
    faults.length = 0;
  });
  afterAll(() => raw?.close());

  describe('calls', () => {
    it('reach the servers of a topic in turn or the one on a host, and bring the answer back', async () => {
      const agents = await transport();
      const gateway = await transport();
      await agents.serve(node1, async ({ args }) => ({ got: args['x'] ?? null }));
      await agents.serve(node2, async () => 'node2');
      const x = [1, { deep: 'ü \u{1f600} "' }, null];
      expect(await gateway.call(node1, ask('echo', { x }), soon)).toEqual({ got: x });
      const turns = new Set<string>();
      for (let i = 0; i < 4; i++)
        turns.add(JSON.stringify(await gateway.call({ topic: 'compute' }, ask('echo'), soon)));
      expect([...turns].sort()).toEqual(['"node2"', '{"got":null}']);
      expect(faults).toEqual([]);
    });

    it('carry context and trace, and an id of their own', async () => {
      const both = await transport();
      const seen: unknown[] = [];
      await both.serve(node1, async (request, delivery) => {
        seen.push([request._unique_id, request['_context_user_id'], request['_timeout'], delivery.traceparent]);
        return null;
      });
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const request = ask('x', {}, { _unique_id: 'mine', _context_user_id: 'u' });
      expect(await both.call(node1, request, { ...soon, traceparent })).toBeNull();
      expect(seen).toEqual([[expect.stringMatching(/^[0-9a-f]{32}$/), 'u', null, traceparent]]);
    });

    it('fail with NoServer at once where nobody has a queue', async () => {
      const gateway = await transport();
      await expect(gateway.call({ topic: 'nothing' }, ask('x'), soon)).rejects.toThrow(
        new NoServer('nobody serves nothing'),
      );
      await expect(gateway.cast({ topic: 'nothing', server: 'a' }, ask('x'))).rejects.toThrow(NoServer);
      await gateway.fanout('nothing', ask('x'));
    });

    it('fail with NoReply when the time is over, and the broker drops the request', async () => {
      const gateway = await transport();
      const busy = await consumer('compute.busy', 1);
      await put('nova', 'compute.busy', Buffer.from('{}'));
      const target = { topic: 'compute', server: 'busy' };
      await expect(gateway.call(target, ask('x'), { timeoutMs: 200 })).rejects.toThrow(NoReply);
      // It is dropped when it gets to the head of the queue, which it is.
      expect(
        await until(
          () => messagesIn('compute.busy'),
          (count) => count === 0,
        ),
      ).toBe(0);
      await busy.close();
    });

    it('do not mind an answer that comes too late', async () => {
      const both = await transport();
      const late = Promise.withResolvers<null>();
      const handler: RequestHandler = async ({ method }) => (method === 'late' ? late.promise : 'in time');
      await both.serve(node1, handler);
      await expect(both.call(node1, ask('late'), { timeoutMs: 100 })).rejects.toThrow(NoReply);
      late.resolve(null);
      expect(await both.call(node1, ask('other'), soon)).toBe('in time');
      expect(faults).toEqual([]);
    });

    it('go on as long as the server gives signs of life, and no longer', async () => {
      const both = await transport();
      await both.serve(node1, async ({ method }) => {
        await (method === 'slow' ? delay(3200) : new Promise(() => {}));
        return 'done';
      });
      const watched = { timeoutMs: 20_000, monitorSeconds: 2 };
      expect(await both.call(node1, ask('slow'), watched)).toBe('done');
      // A server that hangs does not say so.
      const hung = await consumer('compute.hung');
      const call = both.call({ topic: 'compute', server: 'hung' }, ask('x'), { timeoutMs: 20_000, monitorSeconds: 1 });
      await expect(call).rejects.toThrow('compute.hung did not answer within 1000 ms');
      await hung.close();
    });

    it('bring failures back by class, module and arguments', async () => {
      const both = await transport();
      const failure = {
        class: 'InstanceNotFound',
        module: 'nova.exception',
        message: 'Instance a could not be found.',
        tb: [],
        args: ['Instance a could not be found.'],
        kwargs: { instance_id: 'a', code: 404 },
      };
      const methods = {
        fail: () => {
          throw new RemoteError(failure);
        },
        crash: () => {
          throw new RangeError('too far');
        },
        _secret: () => null,
      };
      await both.serve(
        node1,
        dispatcher([
          { version: '1.2', methods },
          { version: '1.0', namespace: 'admin', methods: {} },
        ]),
      );
      const call = (request: RpcRequest) => failureOf(both.call(node1, request, soon));
      expect(await call(ask('fail'))).toEqual(failure);
      expect(await call(ask('crash', {}, { version: '1.1' }))).toMatchObject({
        class: 'RangeError',
        module: 'builtins',
      });
      const dispatch = { module: 'oslo_messaging.rpc.dispatcher', kwargs: {} };
      const noSuchMethod = { ...dispatch, class: 'NoSuchMethod' };
      const unsupported = { ...dispatch, class: 'UnsupportedVersion' };
      expect(await call(ask('other'))).toMatchObject({
        ...noSuchMethod,
        message: 'Endpoint does not support RPC method other',
      });
      expect(await call(ask('_secret'))).toMatchObject(noSuchMethod);
      expect(await call(ask('toString'))).toMatchObject(noSuchMethod);
      expect(await call(ask('fail', {}, { namespace: 'admin' }))).toMatchObject(noSuchMethod);
      expect(await call(ask('fail', {}, { version: '1.3' }))).toMatchObject(unsupported);
      expect(await call(ask('fail', {}, { version: '2.0' }))).toMatchObject(unsupported);
      expect(await call(ask('fail', {}, { namespace: 'other' }))).toMatchObject(unsupported);
    });

    it('are worked on a few at a time, and the others wait in the broker for who has time', async () => {
      const busy = await transport({ prefetch: 2 });
      const gateway = await transport();
      const begun: Json[] = [];
      const gate = Promise.withResolvers<null>();
      await busy.serve(node1, async ({ args }) => {
        begun.push(args['n'] as Json);
        return gate.promise;
      });
      const calls = Array.from({ length: 5 }, (_, n) => gateway.call({ topic: 'compute' }, ask('x', { n }), soon));
      await until(
        async () => begun.length,
        (length) => length === 2,
      );
      const idle = await transport();
      const taken: Json[] = [];
      await idle.serve(node2, async ({ args }) => {
        taken.push(args['n'] as Json);
        return null;
      });
      await until(
        async () => taken.length,
        (length) => length === 1,
      );
      expect(begun).toEqual([0, 1]);
      gate.resolve(null);
      await Promise.all(calls);
      expect([...begun, ...taken].sort()).toEqual([0, 1, 2, 3, 4]);
    });
  });

  describe('requests without an answer', () => {
    it('reach one server, or all of a topic', async () => {
      const [one, two, gateway] = [await transport(), await transport(), await transport()];
      const reached: string[] = [];
      const note =
        (name: string): RequestHandler =>
        async ({ method }) => {
          reached.push(`${name} ${method}`);
          throw new Error('nobody hears this');
        };
      await one.serve(node1, note('node1'));
      await two.serve(node2, note('node2'));
      await gateway.cast(node2, ask('cast'));
      await gateway.fanout('compute', ask('fanout'));
      await until(
        async () => reached.length,
        (length) => length === 3,
      );
      expect(reached.toSorted()).toEqual(['node1 fanout', 'node2 cast', 'node2 fanout']);
    });

    it('wait for a server that is away', async () => {
      const gateway = await transport();
      const agent = await transport();
      const stop = await agent.serve(node1, async () => null);
      await stop();
      await gateway.cast(node1, ask('later'));
      const reached = Promise.withResolvers<string>();
      await agent.serve(node1, async ({ method }) => {
        reached.resolve(method);
        return null;
      });
      expect(await reached.promise).toBe('later');
    });
  });

  describe('what is on the bus', () => {
    it('is carried out once when it comes twice', async () => {
      const agent = await transport();
      const seen: string[] = [];
      await agent.serve(node1, async ({ method }) => {
        seen.push(method);
        return null;
      });
      const twice = seal({ method: 'twice', args: {}, _unique_id: uniqueId() });
      await put('nova', 'compute.node1', twice);
      await put('nova', 'compute.node1', twice);
      await put('nova', 'compute.node1', seal({ method: 'last', args: {}, _unique_id: uniqueId() }));
      await until(
        async () => seen.includes('last'),
        (isThere) => isThere,
      );
      expect(seen).toEqual(['twice', 'last']);
    });

    it('may lack the envelope, version, arguments and id', async () => {
      const agent = await transport();
      const seen = Promise.withResolvers<RpcRequest>();
      await agent.serve(node1, async (request) => {
        seen.resolve(request);
        return null;
      });
      await put('nova', 'compute.node1', Buffer.from('{"method":"bare","args":{"a":1},"_context_user":"u"}'));
      expect(await seen.promise).toMatchObject({ method: 'bare', args: { a: 1 }, _context_user: 'u' });
    });

    it('may be rubbish, which is logged, and stops nobody', async () => {
      const agent = await transport({ maxMessageBytes: 10_000 });
      const gateway = await transport();
      const heard: string[] = [];
      await agent.serve(node1, async () => 'here');
      await gateway.listen(({ event_type }) => {
        heard.push(event_type);
      });
      const json = { contentType: 'application/json' };
      const rubbish: readonly [string | Buffer, Options.Publish?][] = [
        [''],
        ['not json'],
        ['[1]'],
        ['"text"'],
        ['{}'],
        [Buffer.from([0xff, 0xfe, 0x00])],
        ['{"oslo.version":"2.1","oslo.message":"{\\"method\\":\\"x\\",\\"args\\":{}}"}'],
        ['{"oslo.version":"3.0","oslo.message":"{\\"method\\":\\"x\\",\\"args\\":{}}"}'],
        ['{"oslo.version":"2.0","oslo.message":{"method":"x"}}'],
        ['{"oslo.version":"2.0","oslo.message":"[]"}'],
        ['{"method":"x","args":{}}', { contentType: 'text/plain' }],
        ['{"method":"x","args":{}}', { contentType: undefined as unknown as string }],
        [JSON.stringify({ method: 'x', args: { text: 'x'.repeat(10_000) } })],
      ];
      for (const [content, options = json] of rubbish) {
        const bytes = Buffer.from(content as string);
        for (const key of ['compute', 'compute.node1', 'notifications.info', 'notifications.error']) {
          await put('nova', key, bytes, options);
        }
        await put('compute_fanout', '', bytes, options);
      }
      expect(await gateway.call(node1, ask('x'), soon)).toBe('here');
      await gateway.notify(told('still.here'));
      await until(
        async () => heard.length,
        (length) => length === 1,
      );
      expect(heard).toEqual(['still.here']);
      const dropped = faults.filter((fault) => fault.includes('dropped'));
      // A notification may be large, and an empty object is a request without a method, answered to nobody.
      expect(dropped.length).toBeGreaterThanOrEqual(2 * rubbish.length);
    });

    it('may be an answer that makes no sense, which leaves the caller waiting for a good one', async () => {
      const both = await transport();
      await both.serve(node1, async (request) => {
        const queue = String(request['_reply_q']);
        const _msg_id = request['_msg_id'];
        await put('', queue, Buffer.from('rubbish'));
        await put('', queue, seal({ result: 1, ending: true }));
        await put('', queue, seal({ result: 'of another', ending: true, _msg_id: uniqueId() }));
        if (request.method === 'broken') await put('', queue, seal({ failure: 'not json', ending: true, _msg_id }));
        return 'good';
      });
      expect(await both.call(node1, ask('x'), soon)).toBe('good');
      expect(await failureOf(both.call(node1, ask('broken'), soon))).toMatchObject({ class: 'RemoteError' });
    });

    it('may be a request that is not one, which is answered with a failure', async () => {
      const both = await transport();
      await both.serve(node1, async () => null);
      const odd = (more: object) => failureOf(both.call(node1, { ...ask('x'), ...more } as RpcRequest, soon));
      expect(await odd({ version: 1 })).toMatchObject({ class: 'RPCDispatcherError' });
      expect(await odd({ method: '' })).toMatchObject({ class: 'RPCDispatcherError' });
      expect(await odd({ args: [] })).toMatchObject({ class: 'RPCDispatcherError' });
    });
  });

  describe('notifications', () => {
    it('come in order to everybody who listens with a queue of his own', async () => {
      const [agent, one, two] = [await transport(), await transport(), await transport()];
      const heard: Record<string, string[]> = { one: [], two: [] };
      await one.listen(({ event_type }) => void heard['one']?.push(event_type));
      await two.listen(({ event_type }) => void heard['two']?.push(event_type));
      const types = Array.from({ length: 500 }, (_, i) => `compute.instance.${i}`);
      await Promise.all(types.map((type, i) => agent.notify(told(type, i % 7 === 0 ? 'ERROR' : 'INFO'))));
      await until(
        async () => Math.min(...Object.values(heard).map(({ length }) => length)),
        (least) => least === 500,
      );
      expect(heard).toEqual({ one: types, two: types });
    });

    it('wait in a queue with a name, and are given to one of those who share it', async () => {
      const events = [{ queue: 'occi-events', maxLength: 3 }];
      const first = await transport({ events });
      const agent = await transport();
      const stop = await first.listen(() => {});
      await stop();
      for (const n of [1, 2, 3, 4]) await agent.notify(told(`event.${n}`));
      const heard: string[] = [];
      const listeners = [await transport({ events }), await transport({ events })];
      for (const [who, listener] of listeners.entries()) {
        await listener.listen(({ event_type }) => void heard.push(`${who} ${event_type}`));
      }
      await until(
        async () => heard.length,
        (length) => length === 3,
      );
      expect(heard).toEqual(['0 event.2', '0 event.3', '0 event.4']);
      await listeners[0]?.close();
      await agent.notify(told('event.5'));
      await until(
        async () => heard.length,
        (length) => length === 4,
      );
      expect(heard[3]).toBe('1 event.5');
    });

    it('go to the next listener when the one that has it stops without having dealt with it', async () => {
      const events = [{ queue: 'occi-handed-on' }];
      const [first, second, agent] = [await transport({ events }), await transport({ events }), await transport()];
      const taken = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      const stop = await first.listen(() => {
        taken.resolve();
        return end.promise;
      });
      const heard: string[] = [];
      await second.listen(({ event_type }) => void heard.push(event_type));
      await agent.notify(told('handed.on'));
      await taken.promise;
      const stopped = stop();
      end.reject(new Error('it ends'));
      await stopped;
      await until(
        async () => heard,
        (types) => types.length > 0,
      );
      expect([heard, faults]).toEqual([['handed.on'], []]);
    });

    it('can be heard by all and by one, according to their priority', async () => {
      const shared = [{ queue: 'occi-states', keys: ['notifications.info'] }, { keys: ['notifications.sample'] }];
      const [agent, one, two] = [
        await transport(),
        await transport({ events: shared }),
        await transport({ events: shared }),
      ];
      const heard: string[] = [];
      await one.listen(({ event_type }) => void heard.push(`one ${event_type}`));
      await two.listen(({ event_type }) => void heard.push(`two ${event_type}`));
      await agent.notify(told('state'));
      await agent.notify(told('beat', 'SAMPLE'));
      await until(
        async () => heard.length,
        (length) => length === 3,
      );
      expect(heard.toSorted()).toEqual(['one beat', 'one state', 'two beat']);
    });

    it('come again when they could not be dealt with, and once when they are sent twice', async () => {
      const both = await transport();
      const heard: string[] = [];
      await both.listen(async ({ event_type }) => {
        heard.push(event_type);
        if (event_type === 'again' && heard.length === 1) throw new Error('the store is away');
      });
      const twice = told('twice');
      await both.notify(told('again'));
      await both.notify(twice);
      await both.notify(twice);
      await until(
        async () => heard.length,
        (length) => length === 3,
      );
      await both.notify(told('last'));
      await until(
        async () => heard.length,
        (length) => length === 4,
      );
      expect(heard).toEqual(['again', 'twice', 'again', 'last']);
    });
  });

  describe('declarations', () => {
    const kinds = { durable: 'durable', quorum: 'quorum' } as const;
    for (const [name, declare] of Object.entries(kinds)) {
      it(`${name}: requests wait for their server in a queue that outlives the broker`, async () => {
        const exchange = `own-${declare}`;
        const both = await transport({ declare, exchange });
        const target = { topic: `topic-${declare}`, server: 'a' };
        await both.serve(target, async () => 'here');
        expect(await both.call(target, ask('x'), soon)).toBe('here');
        const channel = await raw.createChannel();
        channel.on('error', () => {});
        // Declaring it otherwise is refused by the broker.
        await expect(channel.assertQueue(`topic-${declare}.a`, { durable: false })).rejects.toThrow('PRECONDITION');
      });
    }

    it('passive: nothing shared is declared, and it works as soon as somebody else has', async () => {
      const exchange = 'foreign';
      const gateway = await openAmqpTransport({ url, exchange, declare: 'passive', log: () => {} });
      open.push(gateway);
      await expect(gateway.health()).rejects.toThrow('the message broker is away');
      await expect(gateway.call(node1, ask('x'), soon)).rejects.toThrow(NoServer);
      const agent = await transport({ exchange });
      const target = { topic: 'foreign-topic', server: 'a' };
      await agent.serve(target, async () => 'here');
      const answer = await until(
        () => gateway.call(target, ask('x'), soon).catch(() => undefined),
        (value) => value !== undefined,
      );
      expect(answer).toBe('here');
      await gateway.health();
    });
  });
});
