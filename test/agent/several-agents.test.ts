import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, startAgent } from '../../src/agent/agent.ts';
import { fakeDriver } from '../../src/agent/fake-driver.ts';
import { MachineStore } from '../../src/agent/machine-store.ts';
import { InProcessTransport } from '../../src/messaging/in-process.ts';
import { NoServer, type Notification, RemoteError } from '../../src/messaging/message.ts';
import { until } from '../http/until.ts';
import { type Answer, small } from './workshop.ts';

let transport: InProcessTransport;
let events: Notification[];
let agents: { readonly agent: Agent; readonly store: MachineStore }[];
beforeEach(async () => {
  transport = new InProcessTransport();
  events = [];
  agents = [];
  await transport.listen((event) => void events.push(event));
  for (const host of ['node1', 'node2']) {
    const store = new MachineStore();
    const limits = { vcpus: 3, memory_mb: null, disk_mb: null };
    agents.push({
      agent: await startAgent({ transport, host, store, driver: fakeDriver({ delayMs: 0 }), limits }),
      store,
    });
  }
});
afterEach(async () => {
  for (const { agent, store } of agents) {
    await agent.close();
    store.close();
  }
  await transport.close();
});

const call = async (address: string, method: string, args: Answer) => {
  const [topic = '', server] = address.split('.');
  const target = server === undefined ? { topic } : { topic, server };
  return (await transport.call(target, { method, args: args as never }, { timeoutMs: 60_000 })) as Answer;
};
const told = (type: string, id: string) =>
  until(
    async () => events.find(({ event_type, payload }) => event_type === type && Object.values(payload).includes(id)),
    (event) => event !== undefined,
  );

describe('several agents on one topic', () => {
  it('share the creations, and each has its own', async () => {
    const hosts = new Map<string, unknown>();
    for (const instance_uuid of ['a', 'b', 'c', 'd']) {
      hosts.set(instance_uuid, (await call('compute', 'run_instance', { instance_uuid, flavor: small }))['host']);
    }
    for (const host of ['node1', 'node2']) {
      const list = (await call(`compute.${host}`, 'list_instances', {})) as unknown as readonly Answer[];
      expect(list).toHaveLength(2);
      for (const instance of list) expect(hosts.get(String(instance['uuid']))).toBe(host);
    }
  });

  it('are full one by one', async () => {
    const flavor = { ...small, vcpus: 3 };
    await call('compute.node1', 'run_instance', { instance_uuid: 'a', flavor });
    const refusal = call('compute.node1', 'run_instance', { instance_uuid: 'b', flavor });
    await expect(refusal).rejects.toBeInstanceOf(RemoteError);
    await expect(refusal).rejects.toMatchObject({ failure: { class: 'NoValidHost' } });
    expect(await call('compute.node2', 'run_instance', { instance_uuid: 'b', flavor })).toMatchObject({
      host: 'node2',
    });
  });
});

describe('an agent that serves some topics only', () => {
  it('leaves the others to others', async () => {
    const store = new MachineStore();
    const driver = fakeDriver({ delayMs: 0 });
    agents.push({ agent: await startAgent({ transport, host: 'node3', store, driver, topics: ['volume'] }), store });
    await expect(call('compute.node3', 'list_instances', {})).rejects.toBeInstanceOf(NoServer);
    expect(await call('volume.node3', 'list_volumes', {})).toEqual([]);
  });
});

describe('a network and a volume of another host', () => {
  it('are of use on a host that has been told of them', async () => {
    const network = await call('network.node1', 'create_network', { network_id: 'net', label: 'private' });
    const volume = await call('volume.node1', 'create_volume', { volume_id: 'vol', size: 2, display_name: 'disk' });
    expect([network['host'], volume['host']]).toEqual(['node1', 'node1']);
    await call('compute.node2', 'run_instance', { instance_uuid: 'vm', flavor: small });

    const { label, vlan, cidr, gateway, allocation } = network;
    const same = { network_id: 'net', label, vlan, cidr, gateway, allocation } as Answer;
    const { host: _, status: __, ...facts } = network;
    expect(await call('network.node2', 'create_network', same)).toMatchObject({ ...facts, host: 'node2' });
    await call('volume.node2', 'create_volume', { volume_id: 'vol', size: 2, display_name: 'disk' });
    await call('compute.node2', 'attach_interface', { instance_uuid: 'vm', network_id: 'net', port_id: 'port' });
    await call('compute.node2', 'attach_volume', { instance_uuid: 'vm', volume_id: 'vol', attachment_id: 'disk' });
    await told('compute.instance.interface.attach', 'port');
    await told('compute.instance.volume.attach', 'disk');
    expect(await call('compute.node2', 'get_instance', { instance_uuid: 'vm' })).toMatchObject({
      nics: [{ port_id: 'port', network_id: 'net', port_state: 'ACTIVE' }],
      volumes: [{ volume_id: 'vol', attach_status: 'attached' }],
    });
    // What becomes of it on one host does not concern the other.
    await call('network.node1', 'delete_network', { network_id: 'net' });
    await told('network.delete.end', 'net');
    expect(await call('network.node2', 'get_network', { network_id: 'net' })).toMatchObject({ status: 'ACTIVE' });
  });
});
