import { setTimeout as delay } from 'node:timers/promises';
import { type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { dispatcher, type Method } from '../../src/messaging/dispatcher.ts';
import { unseal } from '../../src/messaging/envelope.ts';
import { type Json, NoReply, type Notification, RemoteError, type RpcRequest } from '../../src/messaging/message.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import { until } from '../http/until.ts';
import type { ServerProcess } from './lab/server-process.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';
import { ask, failureOf, told } from './messages.ts';
import { startPythonAgent } from './python/agent.ts';
import { type PythonClient, PythonException, type PythonNotification, startPythonClient } from './python/client.ts';
import { pythonPackages } from './python/python-process.ts';

const describeWithPython = await describeWith('rabbitmq-server', ...pythonPackages);

const soon = { timeoutMs: 20_000 };
const exceptionOf = async (answer: Promise<unknown>) => {
  const error = await answer.catch((reason: unknown) => reason);
  if (!(error instanceof PythonException)) throw new Error('Python raised nothing', { cause: error });
  return error;
};

describeWithPython('oslo.messaging itself as the peer', () => {
  let url: string;
  let transport: Transport;
  let operator: ChannelModel;
  beforeAll(async () => {
    url = await sharedRabbitMq();
    operator = await connect(url);
  });
  beforeAll(async () => {
    transport = await openAmqpTransport({ url });
  });
  afterAll(async () => {
    await transport?.close();
    await operator?.close();
  });

  describe('an agent in Python', () => {
    const host1 = { topic: 'compute', server: 'host1' };
    const agents: ServerProcess[] = [];
    const call = (method: string, args: RpcRequest['args'], more: object = {}) =>
      transport.call(host1, ask(method, args, more), soon);
    const flavor = { name: 'small', vcpus: 1, memory_mb: 512, root_gb: 1 };
    beforeAll(async () => {
      agents.push(await startPythonAgent({ url, host: 'host1' }), await startPythonAgent({ url, host: 'host2' }));
    });
    afterAll(() => Promise.all(agents.map((agent) => agent.stop())));

    it('carries out what it is called for, and its notifications are heard', async () => {
      const heard: Notification[] = [];
      const stop = await transport.listen((notification) => void heard.push(notification));
      const uuid = '40173ef3-669f-43af-b664-99b3eebb6257';
      const machine = { instance_uuid: uuid, flavor, display_name: 'ünïcödé \u{1f600} "quoted"', metadata: { a: 'b' } };
      const created = await call('run_instance', machine, { _context_project_id: 'tenant' });
      expect(created).toMatchObject({
        uuid,
        host: 'host1',
        project_id: 'tenant',
        display_name: machine.display_name,
        metadata: { a: 'b' },
      });
      await until(
        async () => heard.map(({ event_type }) => event_type),
        (types) => types.includes('compute.instance.create.end'),
      );
      expect(heard.at(-1)).toMatchObject({ publisher_id: 'compute.host1', payload: { instance_id: uuid } });
      expect(await call('get_instance', { instance_uuid: uuid })).toMatchObject({ vm_state: 'active' });
      expect(await call('terminate_instance', { instance_uuid: uuid })).toBeNull();
      await stop();
    });

    it('refuses by class, module and arguments', async () => {
      const id = 'c0ffee00-669f-43af-b664-99b3eebb6257';
      expect(await failureOf(call('get_instance', { instance_uuid: id }))).toMatchObject({
        class: 'InstanceNotFound',
        message: expect.stringContaining(id),
        kwargs: { instance_id: id, code: 404 },
      });
      const dispatch = { module: 'oslo_messaging.rpc.dispatcher' };
      expect(await failureOf(call('no_such', {}))).toMatchObject({ ...dispatch, class: 'NoSuchMethod' });
      for (const more of [{ version: '2.0' }, { version: '1.9' }, { namespace: 'other' }]) {
        expect(await failureOf(call('list_instances', {}, more))).toMatchObject({
          ...dispatch,
          class: 'UnsupportedVersion',
        });
      }
      expect(await failureOf(call('get_instance', { wrong: 1 }))).toMatchObject({
        class: 'TypeError',
        module: 'builtins',
      });
    });

    it('is one of those that serve a topic, and hears what is for all', async () => {
      const hosts = new Set<string>();
      const uuids = ['1', '2', '3', '4'].map((n) => `${n}0173ef3-669f-43af-b664-99b3eebb6257`);
      for (const instance_uuid of uuids) {
        const run = ask('run_instance', { instance_uuid, flavor });
        hosts.add(((await transport.call({ topic: 'compute' }, run, soon)) as { host: string }).host);
      }
      expect([...hosts].sort()).toEqual(['host1', 'host2']);
      for (const instance_uuid of uuids)
        await transport.fanout('compute', ask('terminate_instance', { instance_uuid }));
      for (const server of ['host1', 'host2']) {
        const list = () => transport.call({ topic: 'compute', server }, ask('list_instances'), soon);
        expect(await until(list, (machines) => (machines as readonly Json[]).length === 0)).toEqual([]);
      }
    });

    it('carries out a cast, once, when it is sent twice with the same id, and twice with ids of their own', async () => {
      const heard: string[] = [];
      const stop = await transport.listen(({ event_type }) => void heard.push(event_type));
      const network_id = 'ab8b8fba-41a4-44ea-9f02-e2a1e726d114';
      await transport.call({ topic: 'network', server: 'host1' }, ask('create_network', { network_id }), soon);
      const update = ask('update_network', { network_id, values: { label: 'x' } });
      await transport.cast({ topic: 'network', server: 'host1' }, update);
      await transport.cast({ topic: 'network', server: 'host1' }, update);
      await until(
        async () => heard.filter((type) => type === 'network.update.end'),
        (updates) => updates.length === 2,
      );
      await stop();
    });
  });

  describe('a client in Python', () => {
    let client: PythonClient;
    let stopServing: () => Promise<void>;
    const seen: RpcRequest[] = [];
    const counted: string[] = [];
    const methods: Readonly<Record<string, Method>> = {
      echo: ({ value }, request) => {
        seen.push(request);
        return value ?? null;
      },
      slow: async ({ seconds }) => {
        await delay(Number(seconds) * 1000);
        return 'done';
      },
      count: ({ what }) => {
        counted.push(String(what));
        return null;
      },
      not_found: ({ instance_id }) => {
        const message = `Instance ${instance_id} could not be found.`;
        throw new RemoteError({
          class: 'InstanceNotFound',
          module: 'nova.exception',
          message,
          tb: [],
          args: [message],
          kwargs: { instance_id: String(instance_id), code: 404 },
        });
      },
      value_error: () => {
        throw new RemoteError({
          class: 'ValueError',
          module: 'builtins',
          message: 'no',
          tb: [],
          args: ['no'],
          kwargs: {},
        });
      },
      untrusted: () => {
        throw new RemoteError({
          class: 'Popen',
          module: 'subprocess',
          message: 'rm',
          tb: [],
          args: ['rm'],
          kwargs: {},
        });
      },
      crash: () => {
        throw new RangeError('too far');
      },
    };
    const to = { topic: 'compute', server: 'node1' };
    beforeAll(async () => {
      const handler = dispatcher([
        { version: '1.1', methods },
        { version: '1.0', namespace: 'admin', methods: { echo: () => 'admin' } },
      ]);
      stopServing = await transport.serve(to, handler);
      client = await startPythonClient({ url });
    });
    afterEach(() => {
      seen.length = 0;
      counted.length = 0;
    });
    afterAll(async () => {
      await client?.stop();
      await stopServing?.();
    });

    it('gets answers of every type, and its context arrives', async () => {
      for (const value of [null, true, 0, -1.5, '', 'ünïcödé \u{1f600}\n"', [], [1, [2]], {}, { deep: { er: null } }]) {
        expect(await client.call({ ...to, method: 'echo', args: { value } })).toEqual(value);
      }
      await client.call({ ...to, method: 'echo', context: { user_id: 'u', request_id: 'req-1' } });
      expect(seen.at(-1)).toMatchObject({ _context_user_id: 'u', _context_request_id: 'req-1', _timeout: null });
      const large = 'x'.repeat(1 << 20);
      expect(await client.call({ ...to, method: 'echo', args: { value: large } })).toBe(large);
    });

    it('is served by version and namespace', async () => {
      const echo = { ...to, method: 'echo', args: { value: 1 } };
      expect(await client.call({ ...echo, version: '1.1' })).toBe(1);
      expect(await client.call({ ...echo, namespace: 'admin' })).toBe('admin');
      for (const request of [
        { ...echo, version: '1.2' },
        { ...echo, version: '2.0' },
        { ...echo, namespace: 'other' },
        { ...to, method: 'missing' },
      ]) {
        const { class: name, exc_type } = await exceptionOf(client.call(request));
        expect([name, exc_type]).toEqual([
          'RemoteError',
          request.method === 'missing' ? 'NoSuchMethod' : 'UnsupportedVersion',
        ]);
      }
    });

    it('gets failures as native classes where it trusts the module, and else as RemoteError', async () => {
      const instance_id = 'a';
      const native = await exceptionOf(client.call({ ...to, method: 'not_found', args: { instance_id } }));
      expect(native).toMatchObject({
        class: 'InstanceNotFound',
        module: 'nova.exception',
        kwargs: { instance_id, code: 404 },
        exc_type: null,
      });
      expect(native.message).toContain('Instance a could not be found.');
      const builtin = await exceptionOf(client.call({ ...to, method: 'value_error' }));
      expect(builtin).toMatchObject({ class: 'ValueError', exc_type: null });
      const untrusted = await exceptionOf(client.call({ ...to, method: 'untrusted' }));
      expect(untrusted).toMatchObject({ class: 'RemoteError', exc_type: 'Popen' });
      expect(await exceptionOf(client.call({ ...to, method: 'crash' }))).toMatchObject({ exc_type: 'RangeError' });
    });

    it('is kept waiting by signs of life, and gives up without', async () => {
      const slow = { ...to, method: 'slow', args: { seconds: 3 } };
      expect(await client.call({ ...slow, timeout: 20, monitor_timeout: 2 })).toBe('done');
      expect(await exceptionOf(client.call({ ...slow, timeout: 1 }))).toMatchObject({ class: 'MessagingTimeout' });
    });

    it('casts and fans out', async () => {
      const other = await openAmqpTransport({ url });
      const stop = await other.serve({ topic: 'compute', server: 'node2' }, dispatcher([{ version: '1.0', methods }]));
      await client.cast({ ...to, method: 'count', args: { what: 'cast' } });
      await client.fanout({ topic: 'compute', method: 'count', args: { what: 'fanout' } });
      await until(
        async () => counted,
        (list) => list.length === 3,
      );
      expect(counted.toSorted()).toEqual(['cast', 'fanout', 'fanout']);
      await stop();
      await other.close();
    });

    it('hears our notifications, again when it gives one back, and we hear its', async () => {
      const heard: PythonNotification[] = [];
      await client.listen((notification) => heard.push(notification), { requeue_first: true });
      const payload = { instance_id: 'a', deep: [null, 'ü'] };
      const event = { ...told('compute.instance.create.end', 'ERROR'), payload };
      await transport.notify(event);
      // The queue is older than the listener: it begins with what others have said, and the first of that comes twice.
      const ids = await until(
        async () => heard.map(({ metadata }) => metadata.message_id),
        (list) => list.includes(event.message_id) && list.lastIndexOf(list[0] as string) > 0,
      );
      expect(new Set(ids).size).toBe(ids.length - 1);
      const { message_id, timestamp, priority, ...rest } = event;
      const ourEvent = heard.find(({ metadata }) => metadata.message_id === message_id);
      expect(ourEvent).toMatchObject({ ...rest, priority: 'error', metadata: { message_id, timestamp } });

      const ours: Notification[] = [];
      const stop = await transport.listen((notification) => void ours.push(notification));
      await client.notify({ publisher_id: 'python.host', event_type: 'a.b', payload: { x: 1 } });
      await until(
        async () => ours.filter(({ event_type }) => event_type === 'a.b'),
        (list) => list.length === 1,
      );
      expect(ours.find(({ event_type }) => event_type === 'a.b')).toMatchObject({
        publisher_id: 'python.host',
        priority: 'INFO',
        payload: { x: 1 },
      });
      await stop();
    });
  });

  describe('the messages, ours beside those of Python', () => {
    /** Reads one message from a queue that catches it. */
    const caught = async (exchange: string, key: string, send: () => Promise<unknown>): Promise<ConsumeMessage> => {
      const channel = await operator.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, exchange, key);
      const message = Promise.withResolvers<ConsumeMessage>();
      await channel.consume(queue, (one) => one !== null && message.resolve(one), { noAck: true });
      await send();
      const one = await message.promise;
      await channel.close();
      return one;
    };
    /** What there is to compare: which members and properties there are, and of which type. */
    const shapeOf = ({ content, properties, fields }: ConsumeMessage) => {
      const kind = (value: unknown) =>
        value === null
          ? 'null'
          : Array.isArray(value)
            ? 'list'
            : /^[0-9a-f]{32}$/.test(String(value))
              ? 'hex'
              : typeof value;
      const { messageId: _, ...sent } = properties;
      return {
        keys: Object.fromEntries(
          Object.entries(unseal(content, properties.contentType))
            .map(([key, value]) => [key, kind(value)] as const)
            .sort(([a], [b]) => a.localeCompare(b)),
        ),
        outer: Object.keys(JSON.parse(content.toString()) as object),
        properties: sent,
        fields: { exchange: fields.exchange, routingKey: fields.routingKey },
      };
    };
    let client: PythonClient;
    beforeAll(async () => {
      client = await startPythonClient({ url });
    });
    afterAll(() => client?.stop());

    it('are alike for a call', async () => {
      const request = { topic: 'catch', server: 'a' };
      const context = { user_id: 'u' };
      const theirs = await caught('nova', 'catch.a', () =>
        client
          .call({ ...request, method: 'm', args: { x: 1 }, version: '1.0', timeout: 3, context })
          .catch(() => undefined),
      );
      const ours = await caught('nova', 'catch.a', () =>
        transport
          .call(request, ask('m', { x: 1 }, { _context_user_id: 'u' }), { timeoutMs: 3000 })
          .catch((error: Error) => expect(error).toBeInstanceOf(NoReply)),
      );
      expect(withoutContext(shapeOf(ours))).toEqual(withoutContext(shapeOf(theirs)));
    });

    it('are alike for a cast and a notification', async () => {
      const theirs = await caught('nova', 'catch.b', () => client.cast({ topic: 'catch', server: 'b', method: 'm' }));
      const ours = await caught('nova', 'catch.b', () => transport.cast({ topic: 'catch', server: 'b' }, ask('m')));
      expect(withoutContext(shapeOf(ours))).toEqual(withoutContext(shapeOf(theirs)));

      const told = { publisher_id: 'a.b', event_type: 'c.d', payload: { x: 1 } };
      const more = { message_id: 'f98c2ff6-0000', priority: 'INFO', timestamp: '2026-11-21 04:22:57.003283' };
      const their = await caught('nova', 'notifications.info', () => client.notify(told));
      const our = await caught('nova', 'notifications.info', () => transport.notify({ ...told, ...more }));
      expect(withoutContext(shapeOf(our))).toEqual(withoutContext(shapeOf(their)));
    });
  });
});

/** Whoever sends chooses what is in the context, and whether a version is named. */
function withoutContext<S extends { readonly keys: Readonly<Record<string, string>> }>(shape: S): S {
  const keys = Object.entries(shape.keys).filter(([key]) => !key.startsWith('_context_') && key !== 'version');
  return { ...shape, keys: Object.fromEntries(keys) };
}
