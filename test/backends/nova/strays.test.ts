import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type NovaBackend, type NovaOptions, novaBackend } from '../../../src/backends/nova/nova.ts';
import type { Json, RpcRequest } from '../../../src/messaging/message.ts';
import { type Entity, idOf } from '../../../src/occi/entity.ts';
import { act, entity, link, model } from '../entities.ts';
import { Record } from '../record.ts';
import { Fleet } from './fleet.ts';

const small = { name: 'small', vcpus: 1, memory_mb: 1, root_gb: 1 };

/** An instance with what is on it, in an agent's words. */
const instance = z.looseObject({
  nics: z.array(z.looseObject({ port_id: z.string(), port_state: z.string() })),
  volumes: z.array(z.looseObject({ attachment_id: z.string(), attach_status: z.string() })),
});

let fleet: Fleet;
let options: NovaOptions;
let backend: NovaBackend;
let record: Record;
let log: string[];
/** A machine of the record with an interface and a volume that are links, and with one of each that are strays. */
let machine: Entity;
let network: Entity;
let volume: Entity;
let port: Entity;
let disk: Entity;
const strays = ['stray port', 'stray attachment'];
beforeEach(async () => {
  log = [];
  fleet = new Fleet();
  await fleet.start('node1');
  const { transport } = fleet;
  const told = (message: string) => void log.push(message);
  options = { name: 'nova', transport, model: () => model, provider: 'p1', log: told };
  backend = await novaBackend(options);
  record = new Record(backend);
  machine = await create(entity('compute'), 'active');
  volume = await create(entity('storage', { 'occi.storage.size': 1 }), 'online');
  network = await create(entity('network', { 'occi.network.address': '10.3.0.0/24' }), 'active');
  port = await create(link('networkinterface', machine, network), 'active', { source: machine, target: network });
  disk = await create(link('storagelink', machine, volume), 'active', { source: machine, target: volume });
  await plug(bare(machine), bare(network), 'stray port');
  await call('create_volume', { volume_id: 'stray volume', size: 1 }, 'volume');
  await attach('stray volume', 'stray attachment');
  await becomes(bare(port), bare(disk), ...strays);
});
afterEach(async () => {
  await backend.close();
  await fleet.close();
});

const bare = (subject: Entity) => idOf(subject).slice('urn:uuid:'.length);
const create = async (subject: Entity, state: string, ends: { source?: Entity; target?: Entity } = {}) => {
  await record.carryOut({ do: 'create', entity: subject, ...ends });
  await record.until(subject, state);
  return subject;
};
const call = (method: string, args: RpcRequest['args'], topic = 'compute') =>
  fleet.transport.call({ topic, server: 'node1' }, { method, args, version: '1.0' }, { timeoutMs: 1000 });
const plug = (instance_uuid: string, network_id: string, port_id: string) =>
  call('attach_interface', { instance_uuid, network_id, port_id });
const attach = (volume_id: string, attachment_id: string) =>
  call('attach_volume', { instance_uuid: bare(machine), volume_id, attachment_id });
/** What is on a machine; what is on its way there or off, with its state. */
const on = async (instance_uuid: string) => {
  const { nics, volumes } = instance.parse(await call('get_instance', { instance_uuid }));
  const states = [
    ...nics.map(({ port_id, port_state }) => [port_id, port_state]),
    ...volumes.map(({ attachment_id, attach_status }) => [attachment_id, attach_status]),
  ];
  return states.map(([id, state]) => (/^(?:ACTIVE|attached)$/.test(`${state}`) ? id : `${id} ${state}`)).toSorted();
};
/** Waits until just that is on the machine. */
const becomes = (...ids: readonly string[]) =>
  vi.waitFor(async () => expect(await on(bare(machine))).toEqual(ids.toSorted()));
/** Surveys, and something happens when the machines have been listed. */
const surveyWhile = async (happening: (list: Json) => Json | Promise<Json>) => {
  const { call: through } = fleet.transport;
  fleet.transport.call = async (target, request, options) => {
    const answer = await through.call(fleet.transport, target, request, options);
    return request.method === 'list_instances' ? happening(answer) : answer;
  };
  await record.survey();
  fleet.transport.call = through;
};
/** What agents were asked to take away. */
const removed = () => fleet.transport.asked().filter((asked) => /^(?:detach|terminate)/.test(asked));

describe('what is on a machine and in no record', () => {
  it('is detached, once for the log; what is in the record stays', async () => {
    await record.survey();
    await becomes(bare(port), bare(disk));
    expect(removed()).toEqual(['detach_interface node1', 'detach_volume node1']);
    await plug(bare(machine), bare(network), 'stray port');
    await becomes(bare(port), bare(disk), 'stray port');
    await record.survey();
    await becomes(bare(port), bare(disk));
    expect(log).toEqual(['detaching an interface that nobody knows of', 'detaching a volume that nobody knows of']);
    expect([record.known(port).state, record.known(disk).state]).toEqual(['active', 'active']);
  });

  it.each([
    ['attached', 'BUILD', 'attaching'],
    ['detached', 'DOWN', 'detaching'],
  ])('is left alone while it is being %s', async (_, port_state, attach_status) => {
    await surveyWhile((list) =>
      z
        .array(instance)
        .parse(list)
        .map(({ nics, volumes, ...rest }) => ({
          ...(rest as { [name: string]: Json }),
          nics: nics.map((one) => ({ ...one, port_state })) as Json,
          volumes: volumes.map((one) => ({ ...one, attach_status })) as Json,
        })),
    );
    expect(removed()).toEqual([]);
  });

  it('is left alone when something has happened about its machine, here or in another gateway', async () => {
    await surveyWhile(async (list) => {
      await record.finish(act(machine, 'stop'), 'inactive');
      return list;
    });
    await surveyWhile((list) => {
      record.adopt({ ...machine, handle: { host: 'node1' }, revision: 1 });
      return list;
    });
    expect(removed()).toEqual([]);
  });

  it('is left alone on a machine that should be elsewhere', async () => {
    record.adopt({ ...machine, handle: { host: 'node2' } });
    await record.survey();
    expect(removed()).toEqual([]);
  });

  it('is left alone on a machine of another provider', async () => {
    const foreign = entity('compute', {}, { handle: { host: 'node1' } });
    const metadata = { 'occi.provider': 'p2' };
    await call('run_instance', { instance_uuid: bare(foreign), flavor: small, metadata });
    await plug(bare(foreign), bare(network), 'foreign port');
    await vi.waitFor(async () => expect(await on(bare(foreign))).toEqual(['foreign port']));
    record.adopt(foreign);
    await record.survey();
    await becomes(bare(port), bare(disk));
    expect(await on(bare(foreign))).toEqual(['foreign port']);
  });

  it('goes with its machine when nobody knows of that either', async () => {
    for (const subject of [port, disk, machine]) record.forget(subject);
    await record.survey();
    expect(removed()).toEqual(['terminate_instance node1']);
    expect(log).toEqual(['terminating a machine that nobody knows of']);
    expect(backend.hosts()).toMatchObject([{ host: 'node1', unknown: 1 }]);
    await vi.waitFor(async () => {
      await record.survey();
      expect(backend.hosts()).toMatchObject([{ host: 'node1', unknown: 0 }]);
    });
    expect(fleet.machines('node1')).toEqual([]);
  });

  it('stays, machines and what is attached to them, where they are to be kept; the log tells of each once', async () => {
    const unknown = entity('compute');
    await call('run_instance', { instance_uuid: bare(unknown), flavor: small, metadata: { 'occi.provider': 'p1' } });
    await backend.close();
    backend = await novaBackend({ ...options, strays: 'keep' });
    const machines = fleet.machines('node1').toSorted();
    expect(machines).toEqual([bare(machine), bare(unknown)].toSorted());
    const restored = new Record(backend);
    for (const subject of [machine, volume, network, port, disk]) {
      restored.adopt({ ...subject, handle: { host: 'node1' } });
    }
    for (let survey = 0; survey < 3; survey += 1) await restored.survey();
    expect(removed()).toEqual([]);
    expect(fleet.machines('node1').toSorted()).toEqual(machines);
    await becomes(bare(port), bare(disk), ...strays);
    expect(log.toSorted()).toEqual([
      'keeping a machine that nobody knows of',
      'keeping a volume that nobody knows of',
      'keeping an interface that nobody knows of',
    ]);
    expect(backend.hosts()).toMatchObject([{ host: 'node1', unknown: 1 }]);
  });

  it('stays when it is a volume that a link wants there', async () => {
    await record.carryOut({ do: 'delete', entity: disk, source: machine, target: volume });
    await becomes(bare(port), ...strays);
    await attach(bare(volume), 'another attachment');
    await becomes(bare(port), ...strays, 'another attachment');
    record.adopt(link('storagelink', machine, volume));
    await record.survey();
    await becomes(bare(port), 'another attachment');
  });
});
