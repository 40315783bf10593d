import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent } from './test-agent.ts';
import { type Answer, host, small, type Workshop } from './workshop.ts';

let agent: Workshop;
beforeEach(async () => {
  agent = await testAgent();
});

const ids = ['a', 'b', 'c', 'd', 'e'];
const run = (instance_uuid: string, project: string) =>
  agent.call('run_instance', { instance_uuid, flavor: small }, { _context_project_id: project });

const kinds = [
  ['list_instances', 'terminate_instance', (id: string) => run(id, 'tenant-1')],
  ['list_networks', 'delete_network', (network_id: string) => agent.call('create_network', { network_id })],
  ['list_volumes', 'delete_volume', (volume_id: string) => agent.call('create_volume', { volume_id, size: 1 })],
] as const;

const idsOf = (list: Answer): readonly unknown[] =>
  (list as unknown as readonly Answer[]).map((one) => one['uuid'] ?? one['id']);

describe.each(kinds)('%s', (method, removal, create) => {
  beforeEach(async () => {
    for (const id of ['c', 'a', 'e', 'b', 'd']) await create(id);
  });

  it('is everything, in the order of ids', async () => {
    expect(idsOf(await agent.call(method, {}))).toEqual(ids);
    expect(idsOf(await agent.call(method, { limit: null, marker: null }))).toEqual(ids);
    expect(await agent.call(method, {})).toMatchObject(ids.map(() => ({ host })));
  });

  it('can be had in pages', async () => {
    expect(idsOf(await agent.call(method, { limit: 2 }))).toEqual(['a', 'b']);
    expect(idsOf(await agent.call(method, { limit: 2, marker: 'b' }))).toEqual(['c', 'd']);
    expect(idsOf(await agent.call(method, { limit: 2, marker: 'd' }))).toEqual(['e']);
    expect(idsOf(await agent.call(method, { limit: 2, marker: 'e' }))).toEqual([]);
    expect(idsOf(await agent.call(method, { marker: 'c' }))).toEqual(['d', 'e']);
  });

  it('goes on where it was although that one is gone', async () => {
    const subject = { list_instances: 'instance_uuid', list_networks: 'network_id', list_volumes: 'volume_id' };
    await agent.call(removal, { [subject[method]]: 'b' });
    const kind = { list_instances: 'compute.instance', list_networks: 'network', list_volumes: 'volume' };
    await agent.notified(`${kind[method]}.delete.end`);
    expect(idsOf(await agent.call(method, { limit: 2, marker: 'b' }))).toEqual(['c', 'd']);
  });

  it('refuses pages that make no sense', async () => {
    for (const args of [{ limit: 0 }, { limit: 'all' }, { marker: 5 }, { offset: 1 }]) {
      expect((await agent.refusal(method, args)).class).toBe('TypeError');
    }
  });
});

describe('pages of the instances of a project', () => {
  it('are full although others have instances between', async () => {
    for (const id of ids) await run(id, id === 'b' || id === 'c' ? 'theirs' : 'ours');
    expect(idsOf(await agent.call('list_instances', { project_id: 'ours', limit: 2 }))).toEqual(['a', 'd']);
    expect(idsOf(await agent.call('list_instances', { project_id: 'ours', limit: 2, marker: 'd' }))).toEqual(['e']);
  });
});

describe('get_network and get_volume', () => {
  it('answer as their creation does, with what is so by now', async () => {
    await agent.call('create_network', { network_id: 'n', cidr: '10.1.0.0/16' });
    await agent.call('create_volume', { volume_id: 'v', size: 3 });
    await agent.notified('network.create.end');
    await agent.notified('volume.create.end');
    expect(await agent.call('get_network', { network_id: 'n' })).toEqual(
      await agent.call('create_network', { network_id: 'n' }),
    );
    expect(await agent.call('get_volume', { volume_id: 'v' })).toEqual({
      id: 'v',
      host,
      size: 3,
      display_name: null,
      volume_type: null,
      status: 'available',
    });
    expect((await agent.refusal('get_network', { network_id: 'x' })).class).toBe('NetworkNotFound');
    expect((await agent.refusal('get_volume', { volume_id: 'x' })).class).toBe('VolumeNotFound');
  });
});
