import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCertificates } from '../lab/certificates.ts';
import { startRabbitMq } from '../lab/rabbitmq.ts';
import type { ServerProcess } from '../lab/server-process.ts';
import { describeWith, sharedRabbitMq } from '../lab/shared.ts';
import { startPythonAgent } from './agent.ts';
import { type PythonClient, type PythonNotification, type PythonRequest, startPythonClient } from './client.ts';
import { pythonPackages } from './python-process.ts';

const describeWithPython = await describeWith('rabbitmq-server', ...pythonPackages);

const flavor = { name: 'small', vcpus: 2, memory_mb: 2048, root_gb: 10 };
const context = { project_id: 'tenant-1' };
const network = { topic: 'network', server: 'node1', args: { network_id: 'n1' } };
const volume = { topic: 'volume', server: 'node1', args: { volume_id: 'v1' } };

/** A command about an instance on the first node. */
const about = (instance_uuid: string, method: string, args: PythonRequest['args'] = {}): PythonRequest => ({
  topic: 'compute',
  server: 'node1',
  method,
  args: { instance_uuid, ...args },
  context,
});

describeWithPython('The Python agent and the Python client, without anything of ours between them', () => {
  let url: string;
  let client: PythonClient;
  const agents: ServerProcess[] = [];

  beforeAll(async () => {
    url = await sharedRabbitMq();
    agents.push(await startPythonAgent({ url, host: 'node1' }), await startPythonAgent({ url, host: 'node2' }));
    client = await startPythonClient({ url });
  });
  afterAll(async () => {
    await client?.stop();
    await Promise.all(agents.map((agent) => agent.stop()));
  });

  /** What agents tell from now on, about one thing, until the last of as many events of a type. */
  const hear = async (event_type: string, id: string, times = 1) => {
    const heard: PythonNotification[] = [];
    const listener = await startPythonClient({ url });
    const last = Promise.withResolvers<void>();
    await listener.listen((notification) => {
      if (!JSON.stringify(notification.payload).includes(id)) return;
      heard.push(notification);
      if (heard.filter((each) => each.event_type === event_type).length === times) last.resolve();
    });
    return async () => {
      await last.promise;
      await listener.stop();
      return heard;
    };
  };

  it('lead an instance through its life', async () => {
    const heard = await hear('compute.instance.delete.end', 'i1');
    const run = about('i1', 'run_instance', { flavor, display_name: 'vm1', metadata: { 'occi.core.id': 'i1' } });
    const created = await client.call(run);
    expect(created).toMatchObject({ uuid: 'i1', host: 'node1', project_id: 'tenant-1', vm_state: 'active', flavor });
    expect(await client.call(run)).toEqual(created);

    const changes = [
      ['stop_instance', 'stopped'],
      ['start_instance', 'active'],
      ['suspend_instance', 'suspended'],
      ['resume_instance', 'active'],
      ['pause_instance', 'paused'],
      ['unpause_instance', 'active'],
      ['reboot_instance', 'active'],
    ] as const;
    for (const [method, vm_state] of changes) {
      expect(await client.call(about('i1', method))).toMatchObject({ vm_state, task_state: null });
    }
    const larger = { ...flavor, vcpus: 4 };
    expect(await client.call(about('i1', 'resize_instance', { flavor: larger }))).toMatchObject({ flavor: larger });
    expect(await client.call(about('i1', 'snapshot_instance', { image_id: 'copy' }))).toEqual({ image_id: 'copy' });
    const listing = { topic: 'compute', server: 'node1', method: 'list_instances' };
    expect(await client.call({ ...listing, args: { project_id: 'tenant-1' } })).toHaveLength(1);
    expect(await client.call({ ...listing, args: { project_id: 'tenant-2' } })).toEqual([]);
    expect(await client.call(about('i1', 'terminate_instance'))).toBeNull();

    const notifications = await heard();
    const bothEnds = (event: string) => [`compute.instance.${event}.start`, `compute.instance.${event}.end`];
    const events = ['create', 'power_off', 'power_on', 'suspend', 'resume', 'pause', 'unpause', 'reboot'];
    expect(notifications.map(({ event_type }) => event_type)).toEqual(
      [...events, 'resize', 'snapshot', 'delete'].flatMap(bothEnds),
    );
    expect(notifications[1]).toMatchObject({
      priority: 'info',
      publisher_id: 'compute.node1',
      payload: { instance_id: 'i1', state: 'active', state_description: '', host: 'node1', message: 'Success' },
    });
  });

  it('attach networks and volumes', async () => {
    await client.call({ ...network, method: 'create_network' });
    await client.call({ ...volume, method: 'create_volume', args: { volume_id: 'v1', size: 5 } });
    await client.call(about('i2', 'run_instance', { flavor, networks: [{ uuid: 'n1' }] }));

    const plug = about('i2', 'attach_interface', { network_id: 'n1', port_id: 'p1', requested_ip: '10.0.0.9' });
    const port = { port_id: 'p1', network_id: 'n1', fixed_ip: '10.0.0.9', device: 'eth1', port_state: 'ACTIVE' };
    expect(await client.call(plug)).toMatchObject(port);
    expect(await client.call(plug)).toMatchObject(port);
    await client.call(about('i2', 'attach_volume', { volume_id: 'v1', attachment_id: 'a1' }));
    const inUse = { class: 'InvalidVolume', kwargs: { code: 400, reason: 'volume is in-use' } };
    await expect(client.call({ ...volume, method: 'delete_volume' })).rejects.toMatchObject(inUse);
    expect(await client.call(about('i2', 'get_instance'))).toMatchObject({
      nics: [{ device: 'eth0', fixed_ip: '10.0.0.5' }, port],
      volumes: [{ attachment_id: 'a1', volume_id: 'v1', device: '/dev/vdb' }],
    });

    await client.call(about('i2', 'detach_interface', { port_id: 'p1' }));
    await client.call(about('i2', 'detach_volume', { volume_id: 'v1' }));
    expect(await client.call(about('i2', 'get_instance'))).toMatchObject({ nics: [{ device: 'eth0' }], volumes: [] });
    const extended = { ...volume, method: 'extend_volume', args: { volume_id: 'v1', new_size: 7 } };
    expect(await client.call(extended)).toMatchObject({ size: 7, status: 'available' });
    await client.call({ ...volume, method: 'delete_volume' });
    const down = {
      ...network,
      method: 'update_network',
      args: { network_id: 'n1', values: { admin_state_up: false } },
    };
    expect(await client.call(down)).toMatchObject({ status: 'DOWN' });
    await client.call({ ...network, method: 'delete_network' });
    await client.call(about('i2', 'terminate_instance'));
  });

  it.each([
    ['InstanceNotFound', 404, about('none', 'start_instance')],
    ['VolumeNotFound', 404, { ...volume, method: 'delete_volume', args: { volume_id: 'none' } }],
    ['NetworkNotFound', 404, { ...network, method: 'delete_network', args: { network_id: 'none' } }],
    ['NoValidHost', 503, about('huge', 'run_instance', { flavor: { ...flavor, memory_mb: 1 << 21 } })],
  ])('rebuild %s natively with code %i, for those who allow its module', async (name, code, request) => {
    await expect(client.call(request)).rejects.toMatchObject({
      class: name,
      module: 'nova.exception',
      kwargs: { code },
      exc_type: null,
    });
    await expect(client.call({ ...request, allowed_remote_exmods: [] })).rejects.toMatchObject({
      class: 'RemoteError',
      exc_type: name,
    });
  });

  it('refuse what is not in the interface', async () => {
    await expect(client.call(about('i1', 'fly'))).rejects.toMatchObject({ exc_type: 'NoSuchMethod' });
    const newer = { ...about('i1', 'get_instance'), version: '1.1' };
    await expect(client.call(newer)).rejects.toMatchObject({ exc_type: 'UnsupportedVersion' });
    const elsewhere = { ...about('i1', 'get_instance'), namespace: 'admin' };
    await expect(client.call(elsewhere)).rejects.toMatchObject({ exc_type: 'UnsupportedVersion' });
    await expect(client.call(about('i1', 'get_instance', { colour: 'red' }))).rejects.toMatchObject({
      class: 'TypeError',
      module: 'builtins',
    });
    const nobody = { ...about('i1', 'get_instance'), server: 'node3' };
    await expect(client.call({ ...nobody, at_least_once: true })).rejects.toMatchObject({
      class: 'MessageUndeliverable',
    });
    await expect(client.call({ ...nobody, timeout: 1 })).rejects.toMatchObject({ class: 'MessagingTimeout' });
  });

  it('cast to one, and to all', async () => {
    const heard = await hear('network.create.end', 'everywhere', 2);
    await client.fanout({ topic: 'network', method: 'create_network', args: { network_id: 'everywhere' } });
    const publishers = (await heard()).map(({ publisher_id }) => publisher_id);
    expect(publishers.sort()).toEqual(['network.node1', 'network.node2']);
    const heardOfOne = await hear('volume.create.end', 'v2');
    await client.cast({ ...volume, method: 'create_volume', args: { volume_id: 'v2', size: 1 } });
    expect(await heardOfOne()).toMatchObject([
      { publisher_id: 'volume.node1', payload: { status: 'available', size: 1 } },
    ]);
  });

  it('speak TLS', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'occi-python-'));
    const tls = await makeCertificates(directory);
    const broker = await startRabbitMq({ tls });
    const peers = { url: broker.url, tls };
    const agent = await startPythonAgent({ ...peers, host: 'node1' });
    const secured = await startPythonClient(peers);
    expect(await secured.call({ topic: 'compute', method: 'list_instances' })).toEqual([]);
    await secured.stop();
    await agent.stop();
    await broker.stop();
    await rm(directory, { recursive: true });
  });
});
