import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../http/until.ts';
import type { ServerProcess } from './lab/server-process.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';
import { startOcciAgent } from './occi-agent.ts';
import { type PythonClient, PythonException, type PythonNotification, startPythonClient } from './python/client.ts';
import { pythonPackages } from './python/python-process.ts';

const describeWithPython = await describeWith('rabbitmq-server', ...pythonPackages);

const flavor = { name: 'small', vcpus: 2, memory_mb: 2048, root_gb: 10 };

describeWithPython('occi-agent and a client that is oslo.messaging itself', () => {
  let directory: string;
  let agent: ServerProcess;
  let client: PythonClient;
  const heard: PythonNotification[] = [];
  beforeAll(async () => {
    const url = await sharedRabbitMq();
    directory = await mkdtemp(join(tmpdir(), 'occi-agent-'));
    agent = await startOcciAgent({ url, host: 'node1', directory, options: { cores: '2' } });
    client = await startPythonClient({ url });
    await client.listen((notification) => void heard.push(notification));
  });
  afterAll(async () => {
    await client?.stop();
    await agent?.stop();
    await rm(directory, { recursive: true });
  });

  const call = (topic: string, method: string, args: Readonly<Record<string, unknown>>) =>
    client.call({ topic, server: 'node1', method, args, version: '1.0', context: { project_id: 'tenant-1' } });
  const told = (type: string) =>
    until(
      async () => heard.find(({ event_type }) => event_type === type),
      (notification) => notification !== undefined,
    );

  it('carries out the whole set of commands, and is heard', async () => {
    const instance_uuid = '40173ef3-669f-43af-b664-99b3eebb6257';
    await call('network', 'create_network', { network_id: 'net', label: 'private', cidr: '10.3.0.0/24' });
    await call('volume', 'create_volume', { volume_id: 'vol', size: 1, display_name: 'disk' });
    const created = await client.call({
      topic: 'compute',
      method: 'run_instance',
      args: { instance_uuid, flavor, image_ref: 'debian-12', display_name: 'vm1', metadata: { a: 'b' } },
      context: { project_id: 'tenant-1' },
    });
    expect(created).toMatchObject({ uuid: instance_uuid, host: 'node1', project_id: 'tenant-1', metadata: { a: 'b' } });
    const { publisher_id, payload } = (await told('compute.instance.create.end')) as PythonNotification;
    expect(publisher_id).toBe('compute.node1');
    expect(payload).toMatchObject({
      instance_id: instance_uuid,
      state: 'active',
      host: 'node1',
      tenant_id: 'tenant-1',
    });

    const port = await call('compute', 'attach_interface', { instance_uuid, network_id: 'net', port_id: 'port' });
    expect(port).toMatchObject({ port_id: 'port', fixed_ip: '10.3.0.1', device: 'eth0' });
    const attachment = await call('compute', 'attach_volume', { instance_uuid, volume_id: 'vol', attachment_id: 'a' });
    expect(attachment).toMatchObject({ attachment_id: 'a', device: '/dev/vdb' });
    await told('compute.instance.interface.attach');
    await told('compute.instance.volume.attach');
    for (const [method, args, event] of [
      ['suspend_instance', {}, 'suspend'],
      ['resume_instance', {}, 'resume'],
      ['pause_instance', {}, 'pause'],
      ['unpause_instance', {}, 'unpause'],
      ['reboot_instance', { reboot_type: 'HARD' }, 'reboot'],
      ['snapshot_instance', { image_id: 'image' }, 'snapshot'],
      ['resize_instance', { flavor: { ...flavor, name: 'tiny', vcpus: 1 } }, 'resize'],
      ['stop_instance', { clean_shutdown: false }, 'power_off'],
      ['start_instance', {}, 'power_on'],
      ['rebuild_instance', { image_ref: 'alpine-3' }, 'rebuild'],
    ] as const) {
      await call('compute', method, { instance_uuid, ...args });
      await told(`compute.instance.${event}.end`);
    }
    expect(await call('compute', 'list_instances', { project_id: 'tenant-1' })).toMatchObject([
      { uuid: instance_uuid, vm_state: 'active', flavor: { vcpus: 1 }, image_ref: 'alpine-3' },
    ]);
    await call('compute', 'detach_interface', { instance_uuid, port_id: 'port' });
    await call('compute', 'detach_volume', { instance_uuid, volume_id: 'vol' });
    await call('volume', 'extend_volume', { volume_id: 'vol', new_size: 2 });
    await call('volume', 'create_snapshot', { volume_id: 'vol', snapshot_id: 'snapshot' });
    await call('network', 'update_network', { network_id: 'net', values: { admin_state_up: false } });
    expect(await call('compute', 'terminate_instance', { instance_uuid })).toBeNull();
    await told('compute.instance.delete.end');
    expect(await call('volume', 'delete_volume', { volume_id: 'vol' })).toBeNull();
    expect(await call('network', 'delete_network', { network_id: 'net' })).toBeNull();
    for (const event of ['volume.resize.end', 'snapshot.create.end', 'network.update.end', 'volume.delete.end']) {
      await told(event);
    }
    await told('network.delete.end');
  });

  describe('refuses with exceptions that are raised there as what they are', () => {
    it.each([
      ['compute', 'get_instance', { instance_uuid: 'x' }, 'InstanceNotFound', { instance_id: 'x', code: 404 }],
      ['network', 'delete_network', { network_id: 'x' }, 'NetworkNotFound', { network_id: 'x', code: 404 }],
      ['volume', 'delete_volume', { volume_id: 'x' }, 'VolumeNotFound', { volume_id: 'x', code: 404 }],
      ['network', 'create_network', { network_id: 'x', cidr: 'x' }, 'InvalidCidr', { cidr: 'x', code: 400 }],
      [
        'compute',
        'run_instance',
        { instance_uuid: 'x', flavor: { ...flavor, vcpus: 3 } },
        'NoValidHost',
        { reason: 'not enough room: 3 cores wanted, 2 of 2 free', code: 503 },
      ],
    ])('%s: %s', async (topic, method, args, name, kwargs) => {
      const error = await call(topic, method, args).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PythonException);
      expect(error).toMatchObject({ class: name, module: 'nova.exception', kwargs, exc_type: null });
    });

    it('an argument that there is not', async () => {
      const error = await call('compute', 'get_instance', { instance_uuid: 'x', colour: 'red' }).catch((e) => e);
      expect(error).toMatchObject({ class: 'TypeError', exc_type: null });
    });
  });
});
