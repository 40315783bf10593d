import { describe, expect, it, vi } from 'vitest';
import { InProcessTransport } from '../../src/messaging/in-process.ts';
import {
  failureOf,
  type Json,
  NoReply,
  NoServer,
  type Notification,
  RemoteError,
  type RpcRequest,
} from '../../src/messaging/message.ts';

const host1 = { topic: 'compute', server: 'host1' } as const;
const host2 = { topic: 'compute', server: 'host2' } as const;
const soon = { timeoutMs: 60_000 };

const ask = (method: string, args: RpcRequest['args'] = {}, more: object = {}): RpcRequest => ({
  method,
  args,
  version: '1.0',
  ...more,
});

const told = (event_type: string): Notification => ({
  message_id: 'm',
  publisher_id: 'compute.host1',
  event_type,
  priority: 'INFO',
  payload: { list: [1] },
  timestamp: '2026-11-21 04:37:34.025348',
});

describe('calls within the process', () => {
  it('carry a request as plain data and bring the result back', async () => {
    const transport = new InProcessTransport();
    const seen: RpcRequest[] = [];
    const result = { uuid: 'a', nics: [] as Json[] };
    await transport.serve(host1, async (request) => {
      seen.push(request);
      return result;
    });
    const args = { instance_uuid: 'a', list: [1, { deep: null }] };
    const answer = await transport.call(host1, ask('get', args, { _context_user_id: 'u' }), soon);
    expect(seen).toMatchObject([{ method: 'get', args, version: '1.0', _context_user_id: 'u' }]);
    expect(seen[0]?.args).not.toBe(args);
    expect(answer).toEqual(result);
    expect(answer).not.toBe(result);
  });

  it('are refused with NoServer when nobody serves topic or host', async () => {
    const transport = new InProcessTransport();
    const stop = await transport.serve(host1, async () => null);
    await expect(transport.call({ topic: 'volume' }, ask('x'), soon)).rejects.toThrow(NoServer);
    await expect(transport.call(host2, ask('x'), soon)).rejects.toThrow('nobody serves compute.host2');
    expect(await transport.call({ topic: 'compute' }, ask('x'), soon)).toBeNull();
    await stop();
    await expect(transport.call(host1, ask('x'), soon)).rejects.toThrow(NoServer);
  });

  it('go to the servers of a topic in turn, or to the one on a host', async () => {
    const transport = new InProcessTransport();
    await transport.serve(host1, async () => 'host1');
    await transport.serve(host2, async () => 'host2');
    const turns = [];
    for (let i = 0; i < 4; i++) turns.push(await transport.call({ topic: 'compute' }, ask('x'), soon));
    expect(turns.toSorted()).toEqual(['host1', 'host1', 'host2', 'host2']);
    expect(await transport.call(host2, ask('x'), soon)).toBe('host2');
    expect(await transport.call(host2, ask('x'), soon)).toBe('host2');
  });

  it('bring a failure back by class and arguments', async () => {
    const transport = new InProcessTransport();
    const failure = {
      class: 'InstanceNotFound',
      module: 'nova.exception',
      message: 'Instance a could not be found.',
      tb: [],
      args: ['Instance a could not be found.'],
      kwargs: { instance_id: 'a', code: 404 },
    };
    await transport.serve(host1, async () => {
      throw new RemoteError(failure);
    });
    const error = await transport.call(host1, ask('x'), soon).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RemoteError);
    expect((error as RemoteError).failure).toEqual(failure);
  });

  it('bring any other error back by name and message, without its stack', async () => {
    const transport = new InProcessTransport();
    await transport.serve(host1, async () => {
      throw new RangeError('too far');
    });
    const error = await transport.call(host1, ask('x'), soon).catch((reason: unknown) => reason);
    expect((error as RemoteError).failure).toEqual({
      class: 'RangeError',
      module: 'builtins',
      message: 'too far',
      tb: [],
      args: ['too far'],
      kwargs: {},
    });
    expect(failureOf('thrown text').message).toBe('thrown text');
  });

  it('do not reach a handler when they make no sense', async () => {
    const transport = new InProcessTransport();
    const handler = vi.fn(async () => null);
    await transport.serve(host1, handler);
    await expect(transport.call(host1, ask(''), soon)).rejects.toThrow(RemoteError);
    expect(handler).not.toHaveBeenCalled();
  });

  it('end with NoReply when the time is over or the transport is closed', async () => {
    const transport = new InProcessTransport();
    await transport.serve(host1, () => new Promise(() => {}));
    await expect(transport.call(host1, ask('x'), { timeoutMs: 1 })).rejects.toThrow(
      'compute.host1 did not answer within 1 ms',
    );
    const waiting = transport.call(host1, ask('x'), soon);
    await transport.close();
    await expect(waiting).rejects.toThrow(NoReply);
    await expect(transport.call(host1, ask('x'), soon)).rejects.toThrow(NoServer);
  });
});

describe('requests within the process', () => {
  it('have an id of their own at every sending, whatever they say', async () => {
    const transport = new InProcessTransport();
    const ids: unknown[] = [];
    await transport.serve(host1, async ({ _unique_id }) => ids.push(_unique_id));
    const request = ask('reboot', {}, { _unique_id: '7f3d8be5ce714c1ab9a1da13a88d5ad0' });
    await transport.call(host1, request, soon);
    await transport.call(host1, request, soon);
    expect(new Set([...ids, request._unique_id]).size).toBe(3);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('reach one server without an answer when they are cast, and all when they are fanned out', async () => {
    const transport = new InProcessTransport();
    const reached: string[] = [];
    const server = (name: string) => async (request: RpcRequest) => {
      reached.push(`${name} ${request.method}`);
      throw new Error('nobody hears this');
    };
    const stops = [await transport.serve(host1, server('host1')), await transport.serve(host2, server('host2'))];
    await transport.cast(host2, ask('one'));
    await transport.fanout('compute', ask('all'));
    await transport.fanout('volume', ask('nobody'));
    await Promise.all(stops.map((stop) => stop()));
    expect(reached).toEqual(['host2 one', 'host1 all', 'host2 all']);
    await expect(transport.cast(host2, ask('one'))).rejects.toThrow(NoServer);
  });

  it('bring the trace they are part of along', async () => {
    const transport = new InProcessTransport();
    await transport.serve(host1, async (_, { traceparent }) => traceparent ?? null);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(await transport.call(host1, ask('x'), { ...soon, traceparent })).toBe(traceparent);
    expect(await transport.call(host1, ask('x'), soon)).toBeNull();
  });

  it('cannot be sent when the transport is closed', async () => {
    const transport = new InProcessTransport();
    await transport.serve(host1, async () => null);
    await transport.health();
    await transport.close();
    await expect(transport.health()).rejects.toThrow('closed');
    await expect(transport.fanout('compute', ask('x'))).rejects.toThrow(NoServer);
  });
});

describe('serving', () => {
  it('ends when the requests under way are answered', async () => {
    const transport = new InProcessTransport();
    const { promise, resolve } = Promise.withResolvers<Json>();
    const stop = await transport.serve(host1, () => promise);
    const call = transport.call(host1, ask('x'), soon);
    const stopped = stop().then(() => 'stopped');
    const later = new Promise((done) => setImmediate(() => done('still serving')));
    expect(await Promise.race([stopped, later])).toBe('still serving');
    resolve('late');
    expect(await Promise.all([call, stopped])).toEqual(['late', 'stopped']);
    await stop();
  });
});

describe('notifications within the process', () => {
  it('reach every listener in order, each with a copy of its own', async () => {
    const transport = new InProcessTransport();
    const first: Notification[] = [];
    const second: Notification[] = [];
    const done = Promise.withResolvers<void>();
    await transport.listen((message) => {
      first.push(message);
    });
    await transport.listen((message) => {
      second.push(message);
      if (second.length === 2) done.resolve();
    });
    await transport.notify(told('a.start'));
    await transport.notify(told('a.end'));
    await done.promise;
    expect(first.map(({ event_type }) => event_type)).toEqual(['a.start', 'a.end']);
    expect(second).toEqual(first);
    expect(second[0]?.payload).not.toBe(first[0]?.payload);
  });

  it('are handed to nobody who has stopped listening, even if they are on their way', async () => {
    const transport = new InProcessTransport();
    const done = Promise.withResolvers<void>();
    const gone = vi.fn();
    const stop = await transport.listen(gone);
    await transport.listen(() => done.resolve());
    const sent = transport.notify(told('a.end'));
    await stop();
    await sent;
    await done.promise;
    expect(gone).not.toHaveBeenCalled();
  });

  it('that make no sense, and listeners that throw, are logged and harm nobody else', async () => {
    const log = vi.fn();
    const transport = new InProcessTransport(log);
    const good: string[] = [];
    const done = Promise.withResolvers<void>();
    await transport.listen(() => {
      throw new Error('listener broke');
    });
    await transport.listen(({ event_type }) => {
      good.push(event_type);
      done.resolve();
    });
    await transport.notify({ ...told('bad'), payload: undefined as never });
    await transport.notify(told('good'));
    await done.promise;
    expect(good).toEqual(['good']);
    expect(log).toHaveBeenCalledTimes(3);
    expect(log).toHaveBeenCalledWith('a notification could not be handed over', new Error('listener broke'));
  });
});
