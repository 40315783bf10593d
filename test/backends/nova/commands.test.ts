import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend, Intent, PlannedCommand } from '../../../src/backends/backend.ts';
import { type NovaOptions, novaBackend } from '../../../src/backends/nova/nova.ts';
import type { Entity } from '../../../src/occi/entity.ts';
import { osTemplate, resourceTemplate } from '../../../src/occi/mixin.ts';
import { act, change, debian, entity, link, model, smallSize, tag, ubuntu } from '../entities.ts';
import { context, recordOf } from '../record.ts';
import { ScriptedTransport } from './scripted-transport.ts';

// The arguments are those that an agent in Python was found to accept.
const ids = {
  network: 'ab8b8fba-41a4-44ea-9f02-e2a1e726d114',
  volume: '81b7d550-193e-47e6-b83f-645a9b30fc7b',
  instance: '40173ef3-669f-43af-b664-99b3eebb6257',
  port: '2f9c0d04-3085-447f-b878-0bd6d1db8f1d',
  attachment: '8fd5a3e2-09aa-4b89-98b2-07081d71172f',
};
const urn = (uuid: string) => ({ 'occi.core.id': `urn:uuid:${uuid}` });

const network = entity('network', {
  ...urn(ids.network),
  'occi.network.label': 'private',
  'occi.network.vlan': 42,
  'occi.network.address': '10.0.0.0/24',
  'occi.network.gateway': '10.0.0.1',
  'occi.network.allocation': 'dynamic',
});
const storage = entity('storage', { ...urn(ids.volume), 'occi.core.title': 'disk1', 'occi.storage.size': 10 });
const compute = entity(
  'compute',
  {
    ...urn(ids.instance),
    'occi.core.title': 'vm1',
    'occi.compute.hostname': 'vm1.example.org',
    'occi.compute.cores': 2,
    'occi.compute.memory': 2,
    'occi.compute.ephemeral_storage.size': 10,
  },
  { mixins: [tag, debian, smallSize], handle: { host: 'host1' } },
);
const port = link('networkinterface', compute, network, urn(ids.port));
const disk = link('storagelink', compute, storage, urn(ids.attachment));

let transport: ScriptedTransport;
let backend: Backend;
const open = async (more: Partial<NovaOptions> = {}) => {
  transport = new ScriptedTransport();
  backend = await novaBackend({ name: 'nova', transport, model: () => model, provider: 'provider-1', ...more });
};
beforeEach(() => open());
afterEach(() => backend.close());

const planned = (intent: Intent) => backend.plan(intent, context) as readonly (PlannedCommand & { body: Body })[];
interface Body {
  readonly topic: string;
  readonly method: string;
  readonly args: object;
  readonly serverOf?: string;
  readonly server?: string;
}
/** The one call an intent becomes, as `topic.method` and arguments. */
const call = (intent: Intent) => {
  const commands = planned(intent);
  expect(commands).toHaveLength(1);
  const { topic, method, args } = (commands[0] as { body: Body }).body;
  return [`${topic}.${method}`, args];
};
const inState = (state: string): Entity => ({
  ...compute,
  attributes: { ...compute.attributes, 'occi.compute.state': state },
});
const instance_uuid = ids.instance;

describe('intents about a compute', () => {
  it('create: run_instance', () => {
    expect(call({ do: 'create', entity: compute })).toEqual([
      'compute.run_instance',
      {
        instance_uuid,
        display_name: 'vm1',
        hostname: 'vm1.example.org',
        image_ref: 'debian-12',
        flavor: { name: 'small', vcpus: 2, memory_mb: 2048, root_gb: 10 },
        metadata: { 'occi.core.id': ids.instance, 'occi.provider': 'provider-1' },
        networks: [],
        block_device_mapping: [],
      },
    ]);
  });

  it('create without anything: a small machine', () => {
    const bare = entity('compute', urn(ids.instance), { mixins: [osTemplate, resourceTemplate] });
    expect(call({ do: 'create', entity: bare })).toEqual([
      'compute.run_instance',
      {
        instance_uuid,
        flavor: { name: 'custom', vcpus: 1, memory_mb: 1024, root_gb: 10 },
        metadata: { 'occi.core.id': ids.instance, 'occi.provider': 'provider-1' },
        networks: [],
        block_device_mapping: [],
      },
    ]);
    const tiny = entity('compute', { 'occi.compute.memory': 0.0001 });
    expect(call({ do: 'create', entity: tiny })[1]).toMatchObject({ flavor: { memory_mb: 1 } });
  });

  it('create with keys and data, by the names of 1.2 or by those before [INF-48] [INF-53]', () => {
    const now = { 'occi.compute.userdata': 'data', 'occi.credentials.ssh.publickey': 'ssh-ed25519 AAAA' };
    const before = {
      'org.openstack.compute.user_data': 'old data',
      'org.openstack.credentials.publickey.data': 'ssh-rsa AAAA',
    };
    const of = (attributes: { readonly [name: string]: string }) =>
      call({ do: 'create', entity: entity('compute', attributes) })[1];
    expect(of(now)).toMatchObject({ user_data: 'data', key_data: 'ssh-ed25519 AAAA' });
    expect(of(before)).toMatchObject({ user_data: 'old data', key_data: 'ssh-rsa AAAA' });
    expect(of({ ...before, ...now })).toMatchObject({ user_data: 'data', key_data: 'ssh-ed25519 AAAA' });
  });

  it.each([
    ['start', 'inactive', {}, 'start_instance', {}],
    ['start', 'suspended', {}, 'resume_instance', {}],
    ['stop', 'active', { method: 'graceful' }, 'stop_instance', { clean_shutdown: true }],
    ['stop', 'active', { method: 'acpioff' }, 'stop_instance', { clean_shutdown: true }],
    ['stop', 'active', {}, 'stop_instance', { clean_shutdown: true }],
    ['stop', 'active', { method: 'poweroff' }, 'stop_instance', { clean_shutdown: false }],
    ['restart', 'active', { method: 'graceful' }, 'reboot_instance', { reboot_type: 'SOFT' }],
    ['restart', 'active', { method: 'warm' }, 'reboot_instance', { reboot_type: 'SOFT' }],
    ['restart', 'active', { method: 'cold' }, 'reboot_instance', { reboot_type: 'HARD' }],
    ['suspend', 'active', { method: 'hibernate' }, 'suspend_instance', {}],
  ])('%s while %s with %j: %s', (term, state, attributes, method, args) => {
    expect(call(act(inState(state), term, attributes))).toEqual([`compute.${method}`, { instance_uuid, ...args }]);
  });

  it('save: snapshot_instance into the template', () => {
    const template = model.mixins.find(({ id }) => id === ubuntu);
    const intent = { ...act(compute, 'save', { name: 'x' }), template } as Intent;
    expect(call(intent)).toEqual(['compute.snapshot_instance', { instance_uuid, image_id: 'ubuntu-24' }]);
    expect(() => backend.plan(act(compute, 'save'), context)).toThrow('save needs the template that it makes');
  });

  it('another size: resize_instance; another system: rebuild_instance; both: in that order', () => {
    const flavor = { name: 'small', vcpus: 4, memory_mb: 4096, root_gb: 10 };
    const size = { 'occi.compute.cores': 4, 'occi.compute.memory': 4 };
    expect(call(change(compute, size))).toEqual(['compute.resize_instance', { instance_uuid, flavor }]);
    const resized = call(change(compute, {}, [tag, debian]));
    expect(resized[1]).toMatchObject({ flavor: { name: 'custom', vcpus: 2 } });
    expect(call(change(compute, {}, [ubuntu, smallSize]))).toEqual([
      'compute.rebuild_instance',
      { instance_uuid, image_ref: 'ubuntu-24' },
    ]);
    const both = planned(change(compute, size, [ubuntu, smallSize]));
    expect(both.map(({ body }) => body.method)).toEqual(['resize_instance', 'rebuild_instance']);
    expect(planned(change(compute, {}, [smallSize]))).toEqual([]);
  });

  it('delete: terminate_instance', () => {
    expect(call({ do: 'delete', entity: compute })).toEqual(['compute.terminate_instance', { instance_uuid }]);
  });
});

describe('intents about a network', () => {
  const network_id = ids.network;

  it('create, delete', () => {
    expect(call({ do: 'create', entity: network })).toEqual([
      'network.create_network',
      {
        network_id,
        label: 'private',
        vlan: 42,
        cidr: '10.0.0.0/24',
        gateway: '10.0.0.1',
        allocation: 'dynamic',
      },
    ]);
    const titled = entity('network', { ...urn(ids.network), 'occi.core.title': 'office' });
    expect(call({ do: 'create', entity: titled })[1]).toEqual({ network_id, label: 'office', allocation: 'dynamic' });
    expect(call({ do: 'delete', entity: network })).toEqual(['network.delete_network', { network_id }]);
  });

  it('up, down, changes', () => {
    const update = (values: object) => ['network.update_network', { network_id, values }];
    expect(call(act(network, 'down'))).toEqual(update({ admin_state_up: false }));
    expect(call(act(network, 'up'))).toEqual(update({ admin_state_up: true }));
    expect(call(change(network, { 'occi.network.vlan': 43 }))).toEqual(update({ vlan: 43 }));
    const { 'occi.network.gateway': _, 'occi.network.allocation': __, ...rest } = network.attributes;
    const poorer: Intent = { do: 'update', before: network, after: { ...network, attributes: rest }, changed: {} };
    expect(call(poorer)).toEqual(update({ gateway: null }));
    expect(planned(change(network, { 'occi.core.summary': 'x' }))).toEqual([]);
  });
});

describe('intents about a storage', () => {
  const volume_id = ids.volume;

  it('create, grow, delete', () => {
    const create = call({ do: 'create', entity: storage });
    expect(create).toEqual(['volume.create_volume', { volume_id, size: 10, display_name: 'disk1' }]);
    const extend = ['volume.extend_volume', { volume_id, new_size: 20 }];
    expect(call(change(storage, { 'occi.storage.size': 20 }))).toEqual(extend);
    expect(call(act(storage, 'resize', { size: 20 }))).toEqual(extend);
    expect(call({ do: 'delete', entity: storage })).toEqual(['volume.delete_volume', { volume_id }]);
    const sizeless = entity('storage', urn(ids.volume));
    expect(call({ do: 'create', entity: sizeless })[1]).toEqual({ volume_id, size: 1 });
  });

  it('snapshot and backup: create_snapshot with an id that follows from request and volume', () => {
    const [method, args] = call(act(storage, 'snapshot'));
    expect(method).toBe('volume.create_snapshot');
    expect(args).toEqual({
      volume_id,
      snapshot_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
    });
    expect(call(act(storage, 'backup'))).toEqual([method, args]);
    expect(backend.plan(act(storage, 'snapshot'), { requestId: 'another' })).not.toMatchObject([{ body: { args } }]);
  });
});

describe('intents about links', () => {
  it('networkinterface: attach_interface, detach_interface, with the link as port', () => {
    const ends = { source: compute, target: network };
    const attach = { instance_uuid, network_id: ids.network, port_id: ids.port };
    expect(call({ do: 'create', entity: port, ...ends })).toEqual(['compute.attach_interface', attach]);
    const wanted = { ...port, attributes: { ...port.attributes, 'occi.networkinterface.address': '10.0.0.77' } };
    expect(call({ do: 'create', entity: wanted, ...ends })[1]).toEqual({ ...attach, requested_ip: '10.0.0.77' });
    const detach = ['compute.detach_interface', { instance_uuid, port_id: ids.port }];
    expect(call({ do: 'delete', entity: port, ...ends })).toEqual(detach);
    expect(planned(act(port, 'dance'))).toEqual([]);
  });

  it('storagelink: attach_volume, detach_volume, with the link as attachment', () => {
    const ends = { source: compute, target: storage };
    const attach = { instance_uuid, volume_id: ids.volume, attachment_id: ids.attachment };
    expect(call({ do: 'create', entity: disk, ...ends })).toEqual(['compute.attach_volume', attach]);
    const wanted = { ...disk, attributes: { ...disk.attributes, 'occi.storagelink.deviceid': '/dev/vdb' } };
    expect(call({ do: 'create', entity: wanted, ...ends })[1]).toEqual({ ...attach, mountpoint: '/dev/vdb' });
    const detach = ['compute.detach_volume', { instance_uuid, volume_id: ids.volume }];
    expect(call({ do: 'delete', entity: disk, ...ends })).toEqual(detach);
    expect(planned(act(disk, 'dance'))).toEqual([]);
  });
});

describe('delivery', () => {
  const deliver = async (intent: Intent, entities: readonly Entity[] = []) => {
    const [command] = planned(intent);
    if (command === undefined) throw new Error('nothing was planned');
    await backend.deliver(
      { ...command, id: '7f3d8be5-ce71-4c1a-b9a1-da13a88d5ad0' },
      recordOf(() => entities),
    );
    return transport.calls.at(-1);
  };

  it('sends a request of version 1.0 that says who asks and can be known again', async () => {
    const sent = await deliver({ do: 'delete', entity: compute });
    expect(sent?.request).toEqual({
      method: 'terminate_instance',
      args: { instance_uuid },
      version: '1.0',
      _context_request_id: 'req-900329a2',
      _context_user_id: 'alice',
      _context_project_id: 'tenant-1',
      _context_command_id: '7f3d8be5-ce71-4c1a-b9a1-da13a88d5ad0',
    });
    expect(sent?.timeoutMs).toBe(60_000);
    await open({ timeoutMs: 5 });
    expect((await deliver({ do: 'delete', entity: compute }))?.timeoutMs).toBe(5);
  });

  it('leaves out of the context what is not known', () => {
    const [command] = backend.plan({ do: 'delete', entity: compute }, { requestId: 'req-1' });
    expect(command?.body).toHaveProperty('context', { request_id: 'req-1' });
  });

  it('lets any agent create, and goes to the host of the machine for everything else about it', async () => {
    const moved = [{ ...compute, handle: { host: 'host2' } }];
    expect((await deliver({ do: 'create', entity: compute }))?.target).toEqual({ topic: 'compute' });
    const host2 = { topic: 'compute', server: 'host2' };
    expect((await deliver(act(compute, 'stop'), moved))?.target).toEqual(host2);
    expect((await deliver({ do: 'create', entity: port, source: compute, target: network }, moved))?.target).toEqual(
      host2,
    );
    expect((await deliver({ do: 'create', entity: network }))?.target).toEqual({ topic: 'network' });
    expect((await deliver(act(network, 'down')))?.target).toEqual({ topic: 'network' });
    expect((await deliver({ do: 'create', entity: storage }))?.target).toEqual({ topic: 'volume' });
  });

  it('remembers the host for when the record is gone, and asks any agent when it was never known', async () => {
    const { handle: _, ...unknown } = compute;
    expect((await deliver({ do: 'delete', entity: unknown }))?.target).toEqual({ topic: 'compute' });
    const host1 = { topic: 'compute', server: 'host1' };
    expect((await deliver({ do: 'delete', entity: compute }))?.target).toEqual(host1);
    expect((await deliver({ do: 'delete', entity: disk, source: compute, target: storage }))?.target).toEqual(host1);
  });

  it('is not possible for what another backend has planned', async () => {
    await expect(
      backend.deliver(
        { id: '1', location: '/x', body: { sql: '' } },
        recordOf(() => []),
      ),
    ).rejects.toThrow();
    expect(() => backend.plan({ do: 'create', entity: { ...compute, kind: 'x#y' } }, context)).toThrow(
      'x#y is not served by agents',
    );
  });
});
