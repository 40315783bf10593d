import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Backend,
  type EntityEvent,
  type Intent,
  Refusal,
  Unanswered,
  Unreachable,
} from '../../../src/backends/backend.ts';
import { novaBackend } from '../../../src/backends/nova/nova.ts';
import { type Entity, idOf } from '../../../src/occi/entity.ts';
import { act, entity, link, model } from '../entities.ts';
import { context, Record } from '../record.ts';
import { Fleet } from './fleet.ts';
import { failure } from './scripted-transport.ts';

const nothingLeft = { vcpus: 0, memory_mb: 0, disk_mb: 0 };

let fleet: Fleet;
let backend: Backend;
let record: Record;
let log: string[];
let now: number;
beforeEach(async () => {
  log = [];
  now = Date.UTC(2026, 10, 21);
  fleet = new Fleet();
  await open();
  await fleet.start('node1');
  await fleet.start('node2');
});
afterEach(async () => {
  await backend.close();
  await fleet.close();
});

/** A backend as a gateway that has just been started has it. */
async function open(): Promise<void> {
  const { transport } = fleet;
  const times = { now: () => now, agentTimeoutMs: 30_000, patienceMs: 3_600_000 };
  const told = (message: string) => void log.push(message);
  backend = await novaBackend({ name: 'nova', transport, model: () => model, provider: 'p1', log: told, ...times });
  record = new Record(backend);
}

const bare = (subject: Entity) => idOf(subject).slice('urn:uuid:'.length);
const beat = async (...hosts: readonly string[]) => {
  for (const host of hosts) await fleet.beat(host);
};
const create = async (subject: Entity, ends: { source?: Entity; target?: Entity } = {}) => {
  await record.carryOut({ do: 'create', entity: subject, ...ends });
  return subject;
};
/** A machine that runs on a host. */
const runningOn = async (host: string) => {
  for (;;) {
    const subject = entity('compute');
    await create(subject);
    const known = await record.until(subject, 'active');
    if (known.host === host) return subject;
    await record.carryOut({ do: 'delete', entity: subject });
    await record.until(subject, 'gone');
    // The topic goes round: one more request, and it is the other's turn.
    await fleet.transport.call({ topic: 'compute' }, { method: 'list_instances', args: {} }, { timeoutMs: 1000 });
  }
};
const command = (intent: Intent) => {
  const [first] = backend.plan(intent, context);
  if (first === undefined) throw new Error('nothing was planned');
  return first;
};
const everywhere = () => ['node1', 'node2'].flatMap((host) => fleet.machines(host).map((uuid) => [host, uuid]));
const about = (subject: Entity, events: readonly EntityEvent[]) => events.filter(({ id }) => id === idOf(subject));
/** Surveys until something is so: what is said of a machine during a survey is left to the next one. */
const surveyUntil = async (check: (told: readonly EntityEvent[]) => void) => {
  let told: readonly EntityEvent[] = [];
  await vi.waitFor(async () => {
    told = await record.survey();
    check(told);
  });
  return told;
};
const settled = (subject: Entity) => record.until(subject, 'active');

describe('a creation', () => {
  it('that one agent has no room for goes to the others', async () => {
    await fleet.stop('node1');
    await fleet.start('node1', { limits: nothingLeft });
    await beat('node1', 'node2');
    for (let i = 0; i < 4; i++) await settled(await create(entity('compute')));
    expect([fleet.machines('node1').length, fleet.machines('node2').length]).toEqual([0, 4]);
  });

  it('that nobody has room for cannot be carried out', async () => {
    for (const host of ['node1', 'node2']) {
      await fleet.stop(host);
      await fleet.start(host, { limits: nothingLeft });
    }
    await beat('node1', 'node2');
    await expect(create(entity('compute'))).rejects.toThrow(/No valid host was found/);
    expect(everywhere()).toEqual([]);
  });

  it('is offered to nobody else while one may have done it', async () => {
    fleet.transport.lose('answer', 'run_instance');
    await expect(create(entity('compute'))).rejects.toThrow(Unanswered);
    expect(everywhere()).toHaveLength(1);
    expect(fleet.transport.asked()).toEqual(['run_instance any']);
  });

  it('that was carried out and is delivered once more is found where it is', async () => {
    await beat('node1', 'node2');
    const subject = entity('compute');
    const planned = command({ do: 'create', entity: subject });
    fleet.transport.conveyed = () => [];
    fleet.transport.lose('answer', 'run_instance');
    await expect(create(subject)).rejects.toThrow(Unanswered);
    for (let i = 0; i < 3; i++) await record.deliver(planned, 'the same', true);
    expect(everywhere()).toHaveLength(1);
    expect(record.known(subject).host).toBe(everywhere()[0]?.[0]);
  });

  it('waits while a host that may have it cannot be asked, until that is given up', async () => {
    await beat('node1', 'node2');
    const subject = entity('compute');
    const planned = command({ do: 'create', entity: subject });
    fleet.transport.lose('request', 'run_instance');
    await expect(create(subject)).rejects.toThrow(Unanswered);
    await fleet.stop('node1');
    await expect(record.deliver(planned, 'the same', true)).rejects.toThrow(Unreachable);
    expect(record.known(subject).message).toBe('waiting for an agent');
    now += 30_001;
    await beat('node2');
    await record.deliver(planned, 'the same', true);
    expect(everywhere()).toEqual([['node2', bare(subject)]]);
  });

  it('that is not wanted any more is not delivered once more', async () => {
    const subject = entity('compute');
    await record.deliver(command({ do: 'create', entity: subject }), 'the same', true);
    expect(fleet.transport.asked()).toEqual([]);
  });

  it('that nobody knows the outcome of is undone wherever it may be', async () => {
    await beat('node1', 'node2');
    const subject = entity('compute');
    fleet.transport.conveyed = () => [];
    fleet.transport.lose('answer', 'run_instance');
    await expect(create(subject)).rejects.toThrow(Unanswered);
    fleet.transport.lose('request', 'terminate_instance');
    const undo: Intent = { do: 'delete', entity: subject };
    await expect(record.carryOut(undo)).rejects.toThrow(Unanswered);
    await record.carryOut(undo);
    await expect.poll(everywhere).toEqual([]);
  });
});

describe('a command that is delivered once more', () => {
  it('and was carried out is not sent again, even to agents that would do it twice', async () => {
    const subject = await runningOn('node1');
    const network = await create(entity('network'));
    const port = link('networkinterface', subject, network);
    await create(port, { source: subject, target: network });
    await settled(port);
    const stop = command({ ...act(subject, 'stop'), entity: { ...subject, handle: { host: 'node1' } } } as Intent);
    await record.deliver(stop, 'the same');
    await record.until(subject, 'inactive');
    fleet.transport.asked();
    await record.deliver(stop, 'the same', true);
    await record.deliver(command({ do: 'create', entity: port, source: subject, target: network }), 'other', true);
    expect(fleet.transport.asked()).toEqual(['get_instance node1', 'get_instance node1']);
    expect(record.known(subject)).toMatchObject({ state: 'inactive', message: null });
    expect(record.known(port)).toMatchObject({ state: 'active', message: null });
  });

  it('and is refused leads to the truth', async () => {
    const subject = await runningOn('node1');
    await record.finish(act(subject, 'suspend'), 'suspended');
    const restart = command(act(subject, 'restart', { method: 'warm' }));
    await record.deliver(restart, 'late', true);
    expect(record.known(subject)).toMatchObject({ state: 'suspended', message: null });
  });
});

describe('networks and volumes', () => {
  it('are made known to the host of a machine that uses them, and removed from all that know them', async () => {
    const network = await create(entity('network', { 'occi.network.address': '10.3.0.0/24' }));
    await record.until(network, 'active');
    const home = record.known(network).host as string;
    const source = await runningOn(home === 'node1' ? 'node2' : 'node1');
    const away = record.known(source).host as string;
    fleet.transport.asked();
    const port = await create(link('networkinterface', source, network), { source, target: network });
    await settled(port);
    const second = await create(link('networkinterface', source, network), { source, target: network });
    await settled(second);
    expect(fleet.transport.asked()).toEqual([
      `create_network ${away}`,
      `attach_interface ${away}`,
      `attach_interface ${away}`,
    ]);
    expect(record.known(port).attributes?.['occi.networkinterface.address']).toMatch(/^10\.3\.0\./);
    await record.carryOut(act(network, 'down'));
    await record.carryOut({ do: 'delete', entity: network });
    expect(fleet.transport.asked()).toEqual([
      `update_network ${home}`,
      `update_network ${away}`,
      `delete_network ${away}`,
      `delete_network ${home}`,
    ]);
  });

  it('are looked for where they may be before they are created once more', async () => {
    await beat('node1', 'node2');
    fleet.transport.conveyed = () => [];
    for (const subject of [entity('network'), entity('storage', { 'occi.storage.size': 1 })]) {
      const topic = subject.kind.endsWith('network') ? 'network' : 'volume';
      const planned = command({ do: 'create', entity: subject });
      fleet.transport.lose('answer', `create_${topic}`);
      await expect(create(subject)).rejects.toThrow(Unanswered);
      fleet.transport.asked();
      await record.deliver(planned, 'the same', true);
      expect(fleet.transport.asked()).toEqual([`get_${topic} node1`, `get_${topic} node2`]);
      const home = record.known(subject).host;
      await record.carryOut({ do: 'delete', entity: subject });
      expect(fleet.transport.asked()).toEqual([`delete_${topic} ${home}`]);
    }
  });

  it('are on one machine at most, whichever agents they are on', async () => {
    const volume = await create(entity('storage', { 'occi.storage.size': 1 }));
    await record.until(volume, 'online');
    const [one, other] = [await runningOn('node1'), await runningOn('node2')];
    await create(link('storagelink', one, volume), { source: one, target: volume });
    const second = link('storagelink', other, volume);
    const refused = create(second, { source: other, target: volume });
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a survey', () => {
  it('terminates machines of this provider that nobody knows of, and no others', async () => {
    const mine = await runningOn('node1');
    const stray = { instance_uuid: bare(entity('compute')), flavor: { name: 'x', vcpus: 1, memory_mb: 1, root_gb: 1 } };
    const run = (more: object) =>
      fleet.transport.call(
        { topic: 'compute', server: 'node1' },
        { method: 'run_instance', args: { ...stray, ...more } },
        { timeoutMs: 1000 },
      );
    await run({ metadata: { 'occi.provider': 'p1' } });
    const foreign = bare(entity('compute'));
    await run({ instance_uuid: foreign, metadata: { 'occi.provider': 'p2' } });
    await surveyUntil(() => expect(fleet.machines('node1')).toEqual([bare(mine), foreign]));
    expect(log).toEqual(['terminating a machine that nobody knows of']);
  });

  it('leaves one of two machines with the same id: the one that was heard of first', async () => {
    const subject = await runningOn('node2');
    await beat('node1', 'node2');
    const again = command({ do: 'create', entity: subject }).body as { args: never };
    const request = { method: 'run_instance', args: again.args };
    await fleet.transport.call({ topic: 'compute', server: 'node1' }, request, { timeoutMs: 1000 });
    expect(everywhere()).toHaveLength(2);
    const told = await surveyUntil(() => expect(everywhere()).toEqual([['node2', bare(subject)]]));
    expect(about(subject, told)).toMatchObject([{ host: 'node2', state: 'active' }]);
  });

  it('tells what a host does not have any more, with what was on it', async () => {
    const lost = await runningOn('node1');
    const kept = await runningOn('node2');
    const network = await create(entity('network'));
    const port = link('networkinterface', lost, network);
    await create(port, { source: lost, target: network });
    await settled(port);
    await fleet.stop('node1');
    await fleet.start('node1', { wiped: true });
    const told = await record.survey();
    expect(about(lost, told)).toEqual([{ id: idOf(lost), host: 'node1', gone: true, basis: expect.any(Number) }]);
    expect(about(port, told)).toEqual([{ id: idOf(port), host: 'node1', gone: true, basis: expect.any(Number) }]);
    expect(about(kept, told)).toMatchObject([{ state: 'active' }]);
  });

  it('does not take for gone what it cannot read, and reads the rest', async () => {
    const [subject, other] = [await runningOn('node1'), await runningOn('node2')];
    const { call } = fleet.transport;
    fleet.transport.call = async (target, request, options) => {
      const answer = await call.call(fleet.transport, target, request, options);
      const isMangled = request.method === 'list_instances' && target.server === 'node1';
      return isMangled
        ? (answer as { readonly uuid: string }[]).map((one) => ({ ...one, vm_state: 'dancing' }))
        : answer;
    };
    const told = await record.survey();
    expect([about(subject, told), about(other, told)]).toMatchObject([[], [{ state: 'active' }]]);
    expect(log).toEqual(['what list_instances tells makes no sense']);
    fleet.transport.call = async (target, request, options) =>
      request.method.startsWith('list_') ? 'nothing' : call.call(fleet.transport, target, request, options);
    expect(await record.survey()).toEqual([]);
  });

  it('reads long lists in pages, and whole from agents that know none', async () => {
    await runningOn('node1');
    const { call } = fleet.transport;
    const args: object[] = [];
    let knowsPages = true;
    fleet.transport.call = async (target, request, options) => {
      if (request.method !== 'list_instances' || target.server !== 'node1') {
        return call.call(fleet.transport, target, request, options);
      }
      args.push(request.args);
      if (Object.hasOwn(request.args, 'limit') && !knowsPages) throw failure('TypeError');
      const isFirst = !Object.hasOwn(request.args, 'marker');
      const host = { flavor: { vcpus: 1, memory_mb: 1 }, vm_state: 'active', task_state: null, host: 'node1' };
      const some = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, i) => ({ ...host, uuid: `uuid-${from + i}` }));
      return isFirst ? some(0, 500) : some(500, 502);
    };
    await record.survey();
    expect(args).toEqual([{ limit: 500 }, { limit: 500, marker: 'uuid-499' }]);
    args.length = 0;
    knowsPages = false;
    await record.survey();
    expect(args).toEqual([{ limit: 500 }, {}]);
  });

  it('finds a machine that has moved', async () => {
    const subject = await runningOn('node1');
    await beat('node1', 'node2');
    const again = command({ do: 'create', entity: subject }).body as { args: never };
    const request = { method: 'run_instance', args: again.args };
    await fleet.transport.call({ topic: 'compute', server: 'node2' }, request, { timeoutMs: 1000 });
    await fleet.stop('node1');
    await fleet.start('node1', { wiped: true });
    const told = await surveyUntil((events) => {
      expect(about(subject, events)).toMatchObject([{ state: expect.any(String), handle: { host: 'node2' } }]);
    });
    expect(about(subject, told)[0]).not.toHaveProperty('host');
    expect(fleet.machines('node2')).toEqual([bare(subject)]);
  });

  it('says since when an agent has been silent, not before its time, and takes it back when it is there', async () => {
    const subject = await runningOn('node1');
    await beat('node1', 'node2');
    await fleet.stop('node1');
    expect(about(subject, await record.survey())).toEqual([]);
    now += 30_001;
    await beat('node2');
    expect(about(subject, await record.survey())).toEqual([
      {
        id: idOf(subject),
        host: 'node1',
        state: 'error',
        message: 'agent node1 has not been heard of since 2026-11-21T00:00:00.000Z',
        basis: expect.any(Number),
      },
    ]);
    await expect(record.carryOut(act(subject, 'stop'))).rejects.toThrow(Unreachable);
    await fleet.start('node1');
    expect(about(subject, await record.survey())).toMatchObject([{ state: 'active', message: null }]);
    expect(backend.hosts?.()).toMatchObject([{ state: 'up' }, { state: 'up' }]);
  });

  it('leaves alone what something was said about meanwhile, and what is not on any host yet', async () => {
    const subject = await runningOn('node1');
    const survey = backend.survey(record.reader)[Symbol.asyncIterator]();
    const { call } = fleet.transport;
    fleet.transport.call = async (target, request, options) => {
      const answer = await call.call(fleet.transport, target, request, options);
      if (request.method === 'list_instances' && target.server === 'node1') {
        await call.call(
          fleet.transport,
          target,
          { method: 'stop_instance', args: { instance_uuid: bare(subject) } },
          options,
        );
        await record.until(subject, 'inactive');
      }
      return answer;
    };
    const told: EntityEvent[] = [];
    for (let next = await survey.next(); next.done !== true; next = await survey.next()) told.push(next.value);
    expect(about(subject, told)).toEqual([]);
  });

  it('says nothing while the bus is away', async () => {
    await runningOn('node1');
    fleet.transport.health = async () => {
      throw new Error('the broker is away');
    };
    await expect(record.survey()).rejects.toThrow(Unreachable);
    await expect(backend.health()).rejects.toThrow('the broker is away');
  });

  it('knows agents again that it knows from the record alone', async () => {
    const subject = { ...(await runningOn('node2')), handle: { host: 'node2' } };
    await backend.close();
    await open();
    await record.carryOut({ do: 'update', before: subject, after: subject, changed: {} });
    expect(about(subject, await record.survey())).toMatchObject([{ host: 'node2', state: 'active' }]);
  });
});

describe('doubts', () => {
  it('arise when an agent appears or returns, and when the bus was away', async () => {
    let doubts = 0;
    const stop = backend.onDoubt?.(() => {
      doubts += 1;
    });
    await beat('node1');
    await expect.poll(() => doubts).toBe(1);
    await beat('node1');
    fleet.transport.reconnect();
    await expect.poll(() => doubts).toBe(2);
    stop?.();
    fleet.transport.reconnect();
    expect(doubts).toBe(2);
  });
});

describe('what is waited for', () => {
  it('is said while an agent takes long', async () => {
    await backend.close();
    backend = await novaBackend({
      name: 'nova',
      transport: fleet.transport,
      model: () => model,
      provider: 'p1',
      patienceMs: 1,
    });
    record = new Record(backend);
    const release = Promise.withResolvers<void>();
    const { call } = fleet.transport;
    fleet.transport.call = async (...args) => {
      await release.promise;
      return call.apply(fleet.transport, args);
    };
    const subject = entity('compute');
    const creation = create(subject);
    await expect.poll(() => record.known(subject).message).toBe('waiting for an agent');
    release.resolve();
    await creation;
    expect(await settled(subject)).toMatchObject({ state: 'active', message: null });
  });
});
