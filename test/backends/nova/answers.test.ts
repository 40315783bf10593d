import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Backend, type EntityEvent, type Intent, Refusal, Unreachable } from '../../../src/backends/backend.ts';
import { novaBackend } from '../../../src/backends/nova/nova.ts';
import { type Json, NoReply, NoServer } from '../../../src/messaging/message.ts';
import { type Entity, idOf } from '../../../src/occi/entity.ts';
import { act, change, entity, link, model } from '../entities.ts';
import { context, recordOf } from '../record.ts';
import { failure, ScriptedTransport } from './scripted-transport.ts';

const uuid = '40173ef3-669f-43af-b664-99b3eebb6257';
const urn = `urn:uuid:${uuid}`;
const compute = entity('compute', { 'occi.core.id': urn }, { handle: { host: 'host1' } });
const network = entity('network');
const storage = entity('storage', { 'occi.storage.size': 10 });
const port = link('networkinterface', compute, network);
const disk = link('storagelink', compute, storage);
const plugging: Intent = { do: 'create', entity: port, source: compute, target: network };
const attaching: Intent = { do: 'create', entity: disk, source: compute, target: storage };
const bare = (subject: Entity) => idOf(subject).slice('urn:uuid:'.length);

let transport: ScriptedTransport;
let backend: Backend;
let log: unknown[];
let heard: Omit<EntityEvent, 'host' | 'at'>[];
let speakers: (readonly (string | undefined)[])[];
beforeEach(async () => {
  log = [];
  heard = [];
  speakers = [];
  transport = new ScriptedTransport();
  backend = await novaBackend({
    name: 'nova',
    transport,
    model: () => model,
    provider: 'p',
    log: (message) => log.push(message),
  });
  backend.subscribe(({ host, at, ...event }) => {
    speakers.push([host, at]);
    heard.push(event);
  });
});
afterEach(() => backend.close());

/** What a backend makes of an answer. */
const answered = (intent: Intent, answer: Json | Error, entities: readonly Entity[] = []) => {
  transport.answer = answer;
  const [command] = backend.plan(intent, context);
  if (command === undefined) throw new Error('nothing was planned');
  return backend.deliver(
    { ...command, id: '1' },
    recordOf(() => entities),
  );
};

describe('answers of agents', () => {
  const instance = {
    uuid,
    host: 'host1',
    flavor: { name: 'small', vcpus: 2, memory_mb: 2355, root_gb: 10 },
    vm_state: 'active',
    task_state: null,
    power_state: 1,
    nics: [],
    volumes: [],
  };
  const size = {
    'occi.compute.cores': 2,
    'occi.compute.memory': 2.3,
    'occi.compute.ephemeral_storage.deviceid': '/dev/vda',
  };

  const host = 'host1';

  it('to run_instance tell host and size, and the state if it is final', async () => {
    const create: Intent = { do: 'create', entity: compute };
    expect(await answered(create, instance)).toEqual([
      { id: urn, host, attributes: size },
      { id: urn, host, state: 'active', message: null },
    ]);
    const building = { ...instance, vm_state: 'building', task_state: 'spawning' };
    expect(await answered(create, building)).toEqual([{ id: urn, host, attributes: size }]);
    const failed = { ...instance, vm_state: 'error', fault: 'no disk' };
    expect((await answered(create, failed))[1]).toEqual({ id: urn, host, state: 'error', message: 'no disk' });
  });

  it('to other commands tell the state if it is final', async () => {
    const stopped = { ...instance, vm_state: 'stopped' };
    expect(await answered(act(compute, 'stop'), stopped)).toEqual([
      { id: urn, host, state: 'inactive', message: null },
    ]);
    expect(await answered(act(compute, 'stop'), { ...instance, task_state: 'powering-off' })).toEqual([]);
    expect(await answered(change(compute, { 'occi.compute.cores': 4 }), instance)).toEqual([
      { id: urn, host, state: 'active', message: null },
    ]);
    const template = model.mixins[0];
    expect(await answered({ ...act(compute, 'save'), template } as Intent, { image_id: 'os_tpl' })).toEqual([]);
    expect(await answered({ do: 'delete', entity: compute }, null)).toEqual([]);
  });

  it('about networks tell range and state', async () => {
    const answer = {
      id: bare(network),
      cidr: '10.0.0.0/24',
      gateway: null,
      allocation: 'dynamic',
      admin_state_up: true,
    };
    const attributes = { 'occi.network.address': '10.0.0.0/24', 'occi.network.allocation': 'dynamic' };
    const create: Intent = { do: 'create', entity: network };
    expect(await answered(create, { ...answer, status: 'ACTIVE' })).toEqual([
      { id: idOf(network), attributes },
      { id: idOf(network), state: 'active', message: null },
    ]);
    expect(await answered(create, { ...answer, status: 'BUILD' })).toEqual([{ id: idOf(network), attributes }]);
    const down = { ...answer, admin_state_up: false, status: 'DOWN' };
    expect(await answered(act(network, 'down'), down)).toEqual([
      { id: idOf(network), state: 'inactive', message: null },
    ]);
    expect(await answered({ do: 'delete', entity: network }, null)).toEqual([]);
  });

  it('about volumes tell size and state', async () => {
    const answer = { id: bare(storage), size: 11, status: 'available' };
    const create: Intent = { do: 'create', entity: storage };
    const sized = { id: idOf(storage), attributes: { 'occi.storage.size': 11 } };
    const online = { id: idOf(storage), state: 'online', message: null };
    expect(await answered(create, answer)).toEqual([sized, online]);
    expect(await answered(create, { ...answer, status: 'creating' })).toEqual([sized]);
    const failed = { id: idOf(storage), state: 'error', message: 'the volume is in error' };
    expect(await answered(create, { ...answer, status: 'error' })).toEqual([sized, failed]);
    expect(await answered(act(storage, 'resize', { size: 20 }), answer)).toEqual([online]);
    expect(await answered(act(storage, 'backup'), { id: 's', status: 'available' })).toEqual([]);
    expect(await answered({ do: 'delete', entity: storage }, null)).toEqual([]);
  });

  it('to attach_interface tell what the interface has', async () => {
    const answer = {
      port_id: bare(port),
      network_id: bare(network),
      mac: 'fa:16:3e:00:00:01',
      fixed_ip: '10.0.0.77',
      device: 'eth1',
    };
    const attributes = {
      'occi.networkinterface.interface': 'eth1',
      'occi.networkinterface.mac': 'fa:16:3e:00:00:01',
      'occi.networkinterface.address': '10.0.0.77',
    };
    const dynamic = { 'occi.networkinterface.allocation': 'dynamic' };
    const mixins = ['http://schemas.ogf.org/occi/infrastructure/networkinterface#ipnetworkinterface'];
    expect(await answered(plugging, answer)).toEqual([
      { id: idOf(port), host, state: 'active', message: null, attributes: { ...attributes, ...dynamic }, mixins },
    ]);
    expect(await answered(plugging, { ...answer, port_state: 'BUILD' })).toEqual([
      { id: idOf(port), host, attributes: { ...attributes, ...dynamic }, mixins },
    ]);
    const stated = { ...port, attributes: { ...port.attributes, 'occi.networkinterface.allocation': 'static' } };
    expect(await answered(plugging, answer, [stated])).toMatchObject([{ attributes }]);
    expect((await answered(plugging, answer, [stated]))[0]?.attributes).toEqual(attributes);
    expect(await answered({ ...plugging, do: 'delete' } as Intent, null)).toEqual([]);
  });

  it('to attach_volume tell the device', async () => {
    const answer = { attachment_id: bare(disk), volume_id: bare(storage), device: '/dev/vdb' };
    const attributes = { 'occi.storagelink.deviceid': '/dev/vdb' };
    expect(await answered(attaching, answer)).toEqual([
      { id: idOf(disk), host, state: 'active', message: null, attributes },
    ]);
    expect(await answered(attaching, { ...answer, attach_status: 'attaching' })).toEqual([
      { id: idOf(disk), host, attributes },
    ]);
    expect(await answered({ ...attaching, do: 'delete' } as Intent, null)).toEqual([]);
  });

  it.each<[string, Intent, Json]>([
    ['nothing', { do: 'create', entity: compute }, null],
    ['no instance', { do: 'create', entity: compute }, { uuid }],
    ['an unknown state', act(compute, 'stop'), { ...instance, vm_state: 'dancing' }],
    ['an unknown status', { do: 'create', entity: network }, { id: 'x', status: 'DANCING' }],
    ['a list', { do: 'create', entity: storage }, []],
    ['a number for a text', plugging, { port_id: 5 }],
  ])('that make no sense (%s) are logged and tell nothing', async (_, intent, answer) => {
    expect(await answered(intent, answer)).toEqual([]);
    expect(log).toEqual([expect.stringMatching(/^the answer to \w+ makes no sense$/)]);
  });
});

describe('failures of agents', () => {
  const refusal = async (intent: Intent, error: Error) => {
    const reason: unknown = await answered(intent, error).catch((thrown: unknown) => thrown);
    expect(reason).toBeInstanceOf(Refusal);
    return reason as Refusal;
  };

  it.each<[string, Intent, Error, string]>([
    ['stop', act(compute, 'stop'), failure('InstanceNotFound', { code: 404 }), 'not-found'],
    ['down', act(network, 'down'), failure('NetworkNotFound', { code: 404 }), 'not-found'],
    ['resize', act(storage, 'resize', { size: 20 }), failure('VolumeNotFound', { code: 404 }), 'not-found'],
    ['plug', plugging, failure('NetworkNotFound', { code: 404 }), 'bad-reference'],
    ['plug', plugging, failure('InstanceNotFound', { code: 404 }), 'bad-reference'],
    ['attach', attaching, failure('VolumeNotFound', { code: 404 }), 'bad-reference'],
    ['create', { do: 'create', entity: compute }, failure('ImageNotFound'), 'bad-reference'],
    ['create', { do: 'create', entity: compute }, failure('Whatever', { code: 404 }), 'bad-reference'],
    ['stop', act(compute, 'stop'), failure('InstanceInvalidState', { code: 409 }), 'action-not-allowed'],
    ['delete', { do: 'delete', entity: storage }, failure('InvalidVolume', { code: 400 }), 'conflict'],
    ['plug', plugging, failure('NoMoreFixedIps', { code: 409 }), 'conflict'],
    ['attach', attaching, failure('TooManyDiskDevices', { code: 403 }), 'conflict'],
    ['plug', plugging, failure('FixedIpInvalid', { code: 400 }), 'invalid-request'],
    ['stop', act(compute, 'stop'), failure('NoSuchMethod'), 'not-implemented'],
    ['stop', act(compute, 'stop'), failure('UnsupportedVersion'), 'not-implemented'],
    ['stop', act(compute, 'stop'), failure('TypeError'), 'internal'],
    ['stop', act(compute, 'stop'), failure('Whatever', { code: 500 }), 'internal'],
  ])('of %s (%#) have a code of their own, by class and number', async (_, intent, error, code) => {
    const { code: actual, message } = await refusal(intent, error);
    expect(actual).toBe(code);
    expect(message).not.toContain('Traceback');
  });

  it('tell in one line of the agent, and nothing of it when they are not understood', async () => {
    const lines = failure('InstanceInvalidState', { code: 409 }, `in the way\nTraceback (most recent call last)`);
    expect((await refusal(act(compute, 'stop'), lines)).message).toBe('in the way');
    const long = failure('InstanceInvalidState', { code: 409 }, 'x'.repeat(500));
    expect((await refusal(act(compute, 'stop'), long)).message).toHaveLength(201);
    const secret = failure('OperationalError', {}, 'mysql://root:secret@db');
    expect((await refusal(act(compute, 'stop'), secret)).message).toBe('the agent could not carry out stop_instance');
  });

  it.each<[Intent, string, Entity]>([
    [{ do: 'delete', entity: compute }, 'InstanceNotFound', compute],
    [{ do: 'delete', entity: network }, 'NetworkNotFound', network],
    [{ do: 'delete', entity: storage }, 'VolumeNotFound', storage],
    [{ ...plugging, do: 'delete' } as Intent, 'InstanceNotFound', port],
    [{ ...attaching, do: 'delete' } as Intent, 'InstanceNotFound', disk],
    [{ ...attaching, do: 'delete' } as Intent, 'VolumeNotFound', disk],
  ])('to find what is to be removed are no failures (%#)', async (intent, name, subject) => {
    expect(await answered(intent, failure(name, { code: 404 }))).toEqual([{ id: idOf(subject), gone: true }]);
  });

  it('to be there, to answer, or to have room, mean that it may work later', async () => {
    const create: Intent = { do: 'create', entity: compute };
    const errors = [
      new NoServer('x'),
      new NoReply('x'),
      failure('NoValidHost', { code: 500 }),
      failure('ServiceUnavailable', { code: 503 }),
    ];
    for (const error of errors) await expect(answered(create, error)).rejects.toThrow(Unreachable);
    await expect(answered(create, new RangeError('a fault here'))).rejects.toThrow(RangeError);
  });
});

describe('notifications of agents', () => {
  const payload = { instance_id: uuid, tenant_id: 'tenant-1', display_name: 'vm1', host: 'host1', metadata: {} };

  it.each([
    ['create.start', { state: 'building', state_description: 'spawning' }, { state: 'inactive', message: 'spawning' }],
    ['create.start', { state: 'building', state_description: '' }, { state: 'inactive', message: 'building' }],
    ['create.end', { state: 'active', state_description: '', message: 'Success' }, { state: 'active', message: null }],
    [
      'power_off.start',
      { state: 'active', state_description: 'powering-off' },
      { state: 'active', message: 'powering off' },
    ],
    ['power_off.end', { state: 'stopped', state_description: '' }, { state: 'inactive', message: null }],
    [
      'reboot.start',
      { state: 'active', state_description: 'rebooting_hard' },
      { state: 'active', message: 'rebooting hard' },
    ],
    ['suspend.end', { state: 'suspended', state_description: '' }, { state: 'suspended', message: null }],
    ['pause.end', { state: 'paused', state_description: '' }, { state: 'suspended', message: null }],
    ['snapshot.end', { state: 'active', state_description: '', image_id: 'x' }, { state: 'active', message: null }],
    ['update', { state: 'shelved_offloaded', state_description: null }, { state: 'inactive', message: null }],
    ['power_on.error', { state: 'error', state_description: '', message: 'no' }, { state: 'error', message: 'no' }],
    ['update', { state: 'error', state_description: '' }, { state: 'error', message: 'the machine is in error' }],
    ['delete.start', { state: 'active', state_description: 'deleting' }, { state: 'active', message: 'deleting' }],
    ['delete.end', { state: 'deleted', state_description: '' }, { gone: true }],
    [
      'resize.end',
      { state: 'active', state_description: '', memory_mb: 4096, vcpus: 4 },
      { state: 'active', message: null, attributes: { 'occi.compute.cores': 4, 'occi.compute.memory': 4 } },
    ],
  ])('compute.instance.%s with %j', (event, more, expected) => {
    void transport.tell(`compute.instance.${event}`, { ...payload, ...more });
    expect(heard).toEqual([{ id: urn, ...expected }]);
  });

  it('that a machine of a real Nova was created', () => {
    void transport.tell('compute.instance.create.end', {
      tenant_id: '0d74f3b9cb2a458a87291d583127f68d',
      instance_id: uuid,
      instance_type_id: 1,
      memory_mb: 64,
      vcpus: 1,
      host: 'compute1',
      state: 'active',
      state_description: '',
      fixed_ips: [{ address: '10.77.0.130', version: 4, vif_mac: 'fa:16:3e:a2:49:d0' }],
      metadata: { occi: '1' },
      message: 'Success',
    });
    expect(heard).toEqual([{ id: urn, state: 'active', message: null }]);
  });

  it('about networks', () => {
    const id = bare(network);
    const told = (status: string, more = {}) => ({
      network: { id, label: 'x', admin_state_up: true, status, ...more },
    });
    void transport.tell('network.create.start', told('BUILD'));
    void transport.tell('network.create.end', told('ACTIVE'));
    void transport.tell('network.update.start', told('BUILD'));
    void transport.tell('network.update.end', told('DOWN', { admin_state_up: false }));
    void transport.tell('network.update.end', told('ACTIVE', { admin_state_up: false }));
    void transport.tell('network.update.error', { ...told('ERROR'), message: 'no' }, 'ERROR');
    void transport.tell('network.update.end', told('ERROR'));
    void transport.tell('network.delete.start', { network_id: id });
    void transport.tell('network.delete.end', { network_id: id });
    expect(heard.map(({ id: about, ...event }) => (about === idOf(network) ? event : about))).toEqual([
      { message: 'creating' },
      { state: 'active', message: null },
      { message: 'updating' },
      { state: 'inactive', message: null },
      { state: 'inactive', message: null },
      { state: 'error', message: 'no' },
      { state: 'error', message: 'the network is in error' },
      { gone: true },
    ]);
    expect(log).toEqual([]);
  });

  it('about volumes', () => {
    const volume_id = bare(storage);
    void transport.tell('volume.create.start', { volume_id, status: 'creating', size: 10 });
    void transport.tell('volume.create.end', { volume_id, status: 'available', size: 10 });
    void transport.tell('volume.resize.start', { volume_id, status: 'extending', size: 10 });
    void transport.tell('volume.resize.end', { volume_id, status: 'in-use', size: 20 });
    void transport.tell('snapshot.create.start', { volume_id, snapshot_id: 's', status: 'creating' });
    void transport.tell('snapshot.create.end', { volume_id, snapshot_id: 's', status: 'available' });
    void transport.tell('volume.usage', { volume_id, status: 'retyping' });
    void transport.tell('volume.resize.error', { volume_id, status: 'error', message: 'no' }, 'ERROR');
    void transport.tell('volume.create.end', { volume_id, status: 'error' });
    void transport.tell('volume.delete.start', { volume_id, status: 'deleting' });
    void transport.tell('volume.delete.end', { volume_id, status: 'deleted' });
    expect(heard.map(({ id, ...event }) => (id === idOf(storage) ? event : id))).toEqual([
      { message: 'creating' },
      { state: 'online', message: null },
      { message: 'extending' },
      { state: 'online', message: null, attributes: { 'occi.storage.size': 20 } },
      { message: 'taking a snapshot' },
      { state: 'online', message: null },
      { state: 'error', message: 'no' },
      { state: 'error', message: 'the volume is in error' },
      { message: 'deleting' },
      { gone: true },
    ]);
    expect(log).toEqual([]);
  });

  it('about interfaces', () => {
    const port_id = bare(port);
    const facts = { port_id, mac: 'fa:16:3e:00:00:01', fixed_ip: null, device: 'eth1', port_state: 'ACTIVE' };
    void transport.tell('compute.instance.interface.attach', { ...payload, state: 'active', ...facts });
    void transport.tell('compute.instance.interface.attach.error', {
      ...payload,
      state: 'active',
      port_id,
      message: 'no',
    });
    void transport.tell('compute.instance.interface.detach', { ...payload, state: 'active', port_id });
    const attributes = { 'occi.networkinterface.interface': 'eth1', 'occi.networkinterface.mac': 'fa:16:3e:00:00:01' };
    expect(heard).toEqual([
      { id: idOf(port), state: 'active', message: null, attributes },
      { id: idOf(port), state: 'error', message: 'no' },
      { id: idOf(port), gone: true },
    ]);
  });

  it('about attachments, if they say which', () => {
    const attachment_id = bare(disk);
    const about = { ...payload, state: 'active', volume_id: bare(storage) };
    for (const named of [{}, { attachment_id }]) {
      void transport.tell('compute.instance.volume.attach', { ...about, device: '/dev/vdb', ...named });
      void transport.tell('compute.instance.volume.attach.error', { ...about, message: 'no', ...named });
      void transport.tell('compute.instance.volume.detach', { ...about, ...named });
    }
    void transport.tell('compute.instance.volume.attach', { ...about, attachment_id });
    expect(heard).toEqual([
      { id: idOf(disk), state: 'active', message: null, attributes: { 'occi.storagelink.deviceid': '/dev/vdb' } },
      { id: idOf(disk), state: 'error', message: 'no' },
      { id: idOf(disk), gone: true },
    ]);
    expect(log).toEqual([]);
  });

  it('about ids that are no UUIDs keep them as they are', () => {
    void transport.tell('volume.delete.end', { volume_id: 'vol-1', status: 'deleted' });
    expect(heard).toEqual([{ id: 'vol-1', gone: true }]);
    expect(speakers).toEqual([['host1', '2026-11-21 04:37:34.025348']]);
  });

  it('count as heard when they have been dealt with', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    backend.subscribe(() => promise);
    let isHeard = false;
    const told = transport.tell('volume.delete.end', { volume_id: 'vol-1', status: 'deleted' }).then(() => {
      isHeard = true;
    });
    await new Promise(setImmediate);
    expect([heard.length, isHeard]).toEqual([1, false]);
    resolve();
    await told;
    expect(isHeard).toBe(true);
  });

  it('wait until there is somebody to hear them, and do not count as heard when there will be nobody', async () => {
    const early = await novaBackend({ name: 'nova', transport, model: () => model, provider: 'p' });
    const told = transport.tell('volume.delete.end', { volume_id: 'vol-1', status: 'deleted' });
    const late: EntityEvent[] = [];
    const stop = early.subscribe((event) => void late.push(event));
    await told;
    expect(late).toMatchObject([{ id: 'vol-1', gone: true }]);
    stop();
    const lost = transport.tell('volume.delete.end', { volume_id: 'vol-2', status: 'deleted' });
    await early.close();
    await expect(lost).rejects.toThrow('closed');
    expect(late).toHaveLength(1);
  });

  it('about anything else are nobody’s business', () => {
    void transport.tell('image.create', { id: 'x' });
    void transport.tell('compute_task.build_instances', { state: 'error' });
    expect([heard, log]).toEqual([[], []]);
  });

  it.each([
    ['compute.instance.create.end', {}],
    ['compute.instance.create.end', { instance_id: uuid, state: 'dancing' }],
    ['compute.instance.interface.attach', { instance_id: uuid }],
    ['compute.instance.volume.attach', { attachment_id: 5 }],
    ['network.create.end', { network: 'x' }],
    ['network.create.end', { network: { id: 'x', status: 'DANCING' } }],
    ['volume.create.end', { volume_id: 'x' }],
  ])('that make no sense are logged and tell nothing: %s %j', (event, nonsense) => {
    void transport.tell(event, nonsense);
    expect(heard).toEqual([]);
    expect(log).toEqual(['a notification makes no sense']);
  });
});

describe('health', () => {
  it('is whether anybody answers, whatever it is', async () => {
    for (const answer of [null, failure('InstanceNotFound', { code: 404 }), failure('NoSuchMethod')]) {
      transport.answer = answer;
      await expect(backend.health()).resolves.toBeUndefined();
    }
    for (const answer of [new NoServer('x'), new NoReply('x')]) {
      transport.answer = answer;
      await expect(backend.health()).rejects.toThrow('no compute agent answers');
    }
    transport.answer = new RangeError('a fault here');
    await expect(backend.health()).rejects.toThrow(RangeError);
  });
});
