import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent } from './test-agent.ts';
import { HeldDriver, type Workshop } from './workshop.ts';

let agent: Workshop;
beforeEach(async () => {
  agent = await testAgent();
});

const attached = (port: string) => agent.notified('compute.instance.interface.attach', port);
const detached = (port: string) => agent.notified('compute.instance.interface.detach', port);

describe('attach_interface', () => {
  it('knows address, MAC and device at once, and tells when it is plugged in', async () => {
    const instance_uuid = await agent.running();
    await agent.call('create_network', { network_id: 'net', cidr: '10.0.0.0/24', gateway: '10.0.0.1' });
    const port = await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'p' });
    const facts = { port_id: 'p', network_id: 'net', fixed_ip: '10.0.0.2', device: 'eth0' };
    expect(port).toEqual({ ...facts, port_state: 'BUILD', mac: expect.stringMatching(/^fa:16:3e(:[0-9a-f]{2}){3}$/) });
    const { payload, priority } = await attached('p');
    expect(priority).toBe('INFO');
    expect(payload).toMatchObject({ instance_id: instance_uuid, state: 'active', ...port, port_state: 'ACTIVE' });
    const instance = await agent.call('get_instance', { instance_uuid });
    expect(instance['nics']).toEqual([{ ...port, port_state: 'ACTIVE' }]);
  });

  it('is possible while network and instance are being built, and done after that', async () => {
    await agent.close();
    const held = new HeldDriver();
    agent = await testAgent({ driver: held.driver });
    await agent.call('create_network', { network_id: 'net' });
    const instance_uuid = await agent.building();
    await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'p' });
    await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'q' });
    await held.release('spawn');
    await agent.notified('compute.instance.create.end');
    await new Promise(setImmediate);
    expect(held.begun).toEqual(['createNetwork', 'spawn']);
    await held.release('createNetwork');
    for (let i = 0; i < 2; i++) await held.release('plug');
    await attached('q');
    const order = agent.eventTypes.filter((type) => !type.endsWith('.start'));
    expect(order).toEqual([
      'compute.instance.create.end',
      'network.create.end',
      'compute.instance.interface.attach',
      'compute.instance.interface.attach',
    ]);
  });

  it('gives unique MACs and the smallest addresses and devices that are free', async () => {
    const instance_uuid = await agent.running();
    await agent.call('create_network', { network_id: 'net', cidr: '192.168.7.1/29', gateway: '192.168.7.2' });
    const attach = (port_id: string) => agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id });
    const ports = [await attach('a'), await attach('b'), await attach('c')];
    expect(ports.map((port) => [port['device'], port['fixed_ip']])).toEqual([
      ['eth0', '192.168.7.1'],
      ['eth1', '192.168.7.3'],
      ['eth2', '192.168.7.4'],
    ]);
    expect(new Set(ports.map((port) => port['mac'])).size).toBe(3);
    await agent.call('detach_interface', { instance_uuid, port_id: 'b' });
    await detached('b');
    expect(await attach('d')).toMatchObject({ device: 'eth1', fixed_ip: '192.168.7.3' });
    expect([await attach('e'), await attach('f')].map((port) => port['fixed_ip'])).toEqual([
      '192.168.7.5',
      '192.168.7.6',
    ]);
    expect(await agent.refusal('attach_interface', { instance_uuid, network_id: 'net', port_id: 'g' })).toMatchObject({
      class: 'NoMoreFixedIps',
      kwargs: { net: 'net', code: 409 },
    });
  });

  it('honours the address asked for, if it is one of the network and free', async () => {
    const instance_uuid = await agent.running();
    await agent.call('create_network', { network_id: 'net', cidr: 'fd00::/64', gateway: 'fd00::1' });
    const args = { instance_uuid, network_id: 'net' };
    const port = await agent.call('attach_interface', { ...args, requested_ip: 'FD00:0::77' });
    expect(port['fixed_ip']).toBe('fd00::77');
    const refused = async (requested_ip: string) =>
      (await agent.refusal('attach_interface', { ...args, requested_ip })).class;
    expect(await refused('fd00::77')).toBe('FixedIpAlreadyInUse');
    expect(await refused('fd00::1')).toBe('FixedIpInvalid');
    expect(await refused('fd01::5')).toBe('FixedIpInvalid');
    expect(await refused('10.0.0.5')).toBe('FixedIpInvalid');
    expect(await refused('lots')).toBe('FixedIpInvalid');
  });

  it('sent again returns the port that is there', async () => {
    const instance_uuid = await agent.running();
    await agent.call('create_network', { network_id: 'net' });
    await agent.call('create_network', { network_id: 'other' });
    const args = { instance_uuid, network_id: 'net', port_id: 'p' };
    const port = await agent.call('attach_interface', args);
    await attached('p');
    expect(await agent.call('attach_interface', args)).toEqual({ ...port, port_state: 'ACTIVE' });
    expect((await agent.refusal('attach_interface', { ...args, network_id: 'other' })).class).toBe('PortInUse');
    await agent.call('detach_interface', { instance_uuid, port_id: 'p' });
    expect((await agent.refusal('attach_interface', args)).class).toBe('PortInUse');
  });

  it('is refused without instance or network, and when the instance is broken or about to go', async () => {
    const instance_uuid = await agent.running({ user_data: 'fake.fail=stop' });
    const args = { instance_uuid, network_id: 'net' };
    expect(await agent.refusal('attach_interface', args)).toMatchObject({
      class: 'NetworkNotFound',
      kwargs: { network_id: 'net', code: 404 },
    });
    await agent.call('create_network', { network_id: 'net' });
    expect((await agent.refusal('attach_interface', { ...args, instance_uuid: 'x' })).class).toBe('InstanceNotFound');
    await agent.call('delete_network', { network_id: 'net' });
    expect((await agent.refusal('attach_interface', args)).class).toBe('NetworkNotFound');
    await agent.call('stop_instance', { instance_uuid });
    await agent.notified('compute.instance.power_off.error');
    expect((await agent.refusal('attach_interface', args)).kwargs).toMatchObject({ attr: 'vm_state', state: 'error' });
    await agent.call('terminate_instance', { instance_uuid });
    expect((await agent.refusal('attach_interface', args)).class).toBe('InstanceInvalidState');
  });

  it.each([
    ['the user data of the instance', { user_data: 'fake.fail=attach' }, {}],
    ['the label of the network', {}, { label: 'fake.fail=attach' }],
  ])('fails when %s says so, and the instance goes on without it', async (_, instance, network) => {
    const instance_uuid = await agent.running(instance);
    await agent.call('create_network', { network_id: 'net', ...network });
    await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'p' });
    const { payload, priority } = await agent.notified('compute.instance.interface.attach.error');
    const message = 'attach failed, as fake.fail=attach demands';
    expect(priority).toBe('ERROR');
    expect(payload).toMatchObject({ port_id: 'p', port_state: 'ERROR', state: 'active', message });
    expect(await agent.call('get_instance', { instance_uuid })).toMatchObject({
      vm_state: 'active',
      nics: [{ port_id: 'p', port_state: 'ERROR' }],
    });
    await agent.call('detach_interface', { instance_uuid, port_id: 'p' });
    await detached('p');
  });

  it('fails when instance or network have failed meanwhile', async () => {
    await agent.call('create_network', { network_id: 'bad', label: 'fake.fail=create' });
    await agent.call('create_network', { network_id: 'good' });
    const instance_uuid = await agent.building();
    const broken = await agent.building({ user_data: 'fake.fail=create' });
    await agent.call('attach_interface', { instance_uuid, network_id: 'bad', port_id: 'p' });
    await agent.call('attach_interface', { instance_uuid: broken, network_id: 'good', port_id: 'q' });
    const noNetwork = await agent.notified('compute.instance.interface.attach.error', 'p');
    expect(noNetwork.payload['message']).toBe('the network is in error or gone');
    const noInstance = await agent.notified('compute.instance.interface.attach.error', 'q');
    expect(noInstance.payload['message']).toBe('the machine is in error');
  });
});

describe('detach_interface', () => {
  it('answers null and tells when it is unplugged', async () => {
    const instance_uuid = await agent.running();
    await agent.call('create_network', { network_id: 'net' });
    await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'p' });
    await attached('p');
    expect(await agent.call('detach_interface', { instance_uuid, port_id: 'p' })).toBeNull();
    expect((await detached('p')).payload).toMatchObject({ instance_id: instance_uuid, port_id: 'p' });
    expect(await agent.call('get_instance', { instance_uuid })).toMatchObject({ nics: [] });
  });

  it('of what is gone or going does nothing', async () => {
    const instance_uuid = await agent.running();
    await agent.call('create_network', { network_id: 'net' });
    await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'p' });
    await attached('p');
    for (let i = 0; i < 2; i++) await agent.call('detach_interface', { instance_uuid, port_id: 'p' });
    await detached('p');
    expect(await agent.call('detach_interface', { instance_uuid, port_id: 'p' })).toBeNull();
    await agent.call('terminate_instance', { instance_uuid });
    await agent.notified('compute.instance.delete.end');
    expect(agent.eventTypes.filter((type) => type.endsWith('.detach'))).toHaveLength(1);
    expect((await agent.refusal('detach_interface', { instance_uuid, port_id: 'p' })).class).toBe('InstanceNotFound');
  });

  it('before it was plugged in takes it away without plugging it in', async () => {
    await agent.close();
    const held = new HeldDriver();
    agent = await testAgent({ driver: held.driver });
    await agent.call('create_network', { network_id: 'net' });
    const instance_uuid = await agent.building();
    await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'p' });
    await agent.call('detach_interface', { instance_uuid, port_id: 'p' });
    for (let i = 0; i < 3; i++) await held.release();
    await detached('p');
    expect(held.begun).toEqual(['createNetwork', 'spawn', 'unplug']);
  });

  it('while it is being plugged in waits for the end of that', async () => {
    await agent.close();
    const held = new HeldDriver();
    agent = await testAgent({ driver: held.driver });
    await agent.call('create_network', { network_id: 'net' });
    const instance_uuid = await agent.building();
    await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'p' });
    await held.release();
    await held.release();
    await held.begins('plug');
    await agent.call('detach_interface', { instance_uuid, port_id: 'p' });
    await held.release();
    await held.release();
    await detached('p');
    expect(held.begun).toEqual(['createNetwork', 'spawn', 'plug', 'unplug']);
    expect(agent.eventTypes).not.toContain('compute.instance.interface.attach');
  });

  it('that fails leaves the interface in error', async () => {
    const instance_uuid = await agent.running({ user_data: 'fake.fail=detach' });
    await agent.call('create_network', { network_id: 'net' });
    await agent.call('attach_interface', { instance_uuid, network_id: 'net', port_id: 'p' });
    await agent.call('detach_interface', { instance_uuid, port_id: 'p' });
    const { payload } = await agent.notified('compute.instance.interface.detach.error');
    expect(payload).toMatchObject({ port_id: 'p', message: 'detach failed, as fake.fail=detach demands' });
    expect(await agent.call('get_instance', { instance_uuid })).toMatchObject({ nics: [{ port_state: 'ERROR' }] });
  });

  it('is not needed before terminate_instance, which frees the addresses', async () => {
    const instance_uuid = await agent.running();
    await agent.call('create_network', { network_id: 'net', cidr: '10.0.0.4/31' });
    const args = { network_id: 'net' };
    await agent.call('attach_interface', { ...args, instance_uuid });
    await agent.call('attach_interface', { ...args, instance_uuid });
    await agent.call('terminate_instance', { instance_uuid });
    await agent.notified('compute.instance.delete.end');
    const other = await agent.running();
    expect(await agent.call('attach_interface', { ...args, instance_uuid: other })).toMatchObject({
      fixed_ip: '10.0.0.4',
    });
  });
});
