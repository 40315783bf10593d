import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent } from './test-agent.ts';
import { host, type Workshop } from './workshop.ts';

let agent: Workshop;
beforeEach(async () => {
  agent = await testAgent();
});

const network_id = 'ab8b8fba-41a4-44ea-9f02-e2a1e726d114';
const args = {
  network_id,
  label: 'private',
  vlan: 42,
  cidr: '10.0.0.0/24',
  gateway: '10.0.0.1',
  allocation: 'dynamic',
};
const { network_id: id, ...values } = args;
const network = { id, host, ...values, admin_state_up: true };

describe('create_network', () => {
  it('accepts at once and tells when the network is there', async () => {
    expect(await agent.call('create_network', args)).toEqual({ ...network, status: 'BUILD' });
    const start = await agent.notified('network.create.start');
    expect(start).toMatchObject({ publisher_id: 'network.host1', payload: { network: { id, status: 'BUILD' } } });
    const end = await agent.notified('network.create.end');
    expect(end.payload).toEqual({ network: { ...network, status: 'ACTIVE' } });
  });

  it('sent again returns the network that is there', async () => {
    await agent.call('create_network', args);
    await agent.notified('network.create.end');
    const again = await agent.call('create_network', { network_id, label: 'other' });
    expect(again).toEqual({ ...network, status: 'ACTIVE' });
    expect(agent.notifications).toHaveLength(2);
  });

  it('finds a range of its own when none is given', async () => {
    const range = async (name: string, more = {}) => {
      const { cidr, gateway } = await agent.call('create_network', { network_id: name, ...more });
      return [cidr, gateway];
    };
    expect(await range('a')).toEqual(['10.0.0.0/24', '10.0.0.1']);
    expect(await range('b', { cidr: '10.0.1.0/24' })).toEqual(['10.0.1.0/24', null]);
    expect(await range('c', { gateway: '10.0.2.254' })).toEqual(['10.0.2.0/24', '10.0.2.254']);
    expect(await range('d', { cidr: 'fd00::/64' })).toEqual(['fd00::/64', null]);
    await agent.call('delete_network', { network_id: 'a' });
    await agent.notified('network.delete.end', 'a');
    expect(await range('e')).toEqual(['10.0.0.0/24', '10.0.0.1']);
  });

  it('is refused with a range that is none', async () => {
    const failure = await agent.refusal('create_network', { network_id, cidr: '10.0.0.0/64' });
    expect(failure).toMatchObject({ class: 'InvalidCidr', kwargs: { cidr: '10.0.0.0/64', code: 400 } });
  });
});

describe('update_network', () => {
  beforeEach(async () => {
    await agent.call('create_network', args);
    await agent.notified('network.create.end');
  });

  it('takes a network down and up', async () => {
    await agent.call('update_network', { network_id, values: { admin_state_up: false } });
    const down = await agent.notified('network.update.end');
    expect(down.payload).toEqual({ network: { ...network, admin_state_up: false, status: 'DOWN' } });
    await agent.call('update_network', { network_id, values: { admin_state_up: true } });
    const up = await agent.notified('network.update.end', undefined, 2);
    expect(up.payload).toEqual({ network: { ...network, status: 'ACTIVE' } });
  });

  it('changes what it names, in the order in which it was asked', async () => {
    await agent.call('update_network', { network_id, values: { label: 'one', vlan: 43, cidr: '10.5.0.0/16' } });
    await agent.call('update_network', { network_id, values: { label: 'two', vlan: null, gateway: null, cidr: null } });
    const end = await agent.notified('network.update.end', undefined, 2);
    expect(end.payload['network']).toMatchObject({ label: 'two', vlan: null, gateway: null, cidr: '10.5.0.0/16' });
  });

  it('is refused for a network that is not there or about to go, and with nonsense', async () => {
    const update = { values: { label: 'x' } };
    expect(await agent.refusal('update_network', { network_id: 'x', ...update })).toMatchObject({
      class: 'NetworkNotFound',
      kwargs: { network_id: 'x', code: 404 },
    });
    expect((await agent.refusal('update_network', { network_id, values: { cidr: '?' } })).class).toBe('InvalidCidr');
    expect((await agent.refusal('update_network', { network_id, values: { colour: 1 } })).class).toBe('TypeError');
    await agent.call('delete_network', { network_id });
    expect((await agent.refusal('update_network', { network_id, ...update })).class).toBe('NetworkNotFound');
  });
});

describe('delete_network', () => {
  it('answers null and tells when the network is gone', async () => {
    await agent.call('create_network', args);
    expect(await agent.call('delete_network', { network_id })).toBeNull();
    expect(await agent.call('delete_network', { network_id })).toBeNull();
    expect((await agent.notified('network.delete.end')).payload).toEqual({ network_id });
    expect((await agent.refusal('delete_network', { network_id })).class).toBe('NetworkNotFound');
  });
});

describe('fake.fail in the label', () => {
  it.each([
    ['create', {}, 'network.create.error'],
    ['update', { label: 'x' }, 'network.update.error'],
    ['up', { admin_state_up: true }, 'network.update.error'],
    ['down', { admin_state_up: false }, 'network.update.error'],
  ])('=%s ends in ERROR', async (word, change, event) => {
    await agent.call('create_network', { network_id, label: `fake.fail=${word}` });
    if (word !== 'create') await agent.call('update_network', { network_id, values: change });
    const { payload, priority } = await agent.notified(event);
    expect(priority).toBe('ERROR');
    expect(payload).toMatchObject({
      network: { id, status: 'ERROR' },
      message: `${word} failed, as fake.fail=${word} demands`,
    });
  });

  it('=delete keeps the network, =refuse does not let it come', async () => {
    await agent.call('create_network', { network_id, label: 'fake.fail=delete' });
    await agent.call('delete_network', { network_id });
    expect((await agent.notified('network.delete.error')).payload).toMatchObject({ network: { status: 'ERROR' } });
    const refused = await agent.refusal('create_network', { network_id: 'x', label: 'fake.fail=refuse' });
    expect(refused.class).toBe('NoValidHost');
  });
});
