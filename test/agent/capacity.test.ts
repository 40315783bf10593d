import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent, testDirectory } from './test-agent.ts';
import { HeldDriver, medium, small, type Workshop } from './workshop.ts';

let directory: string;
let agent: Workshop;
beforeEach(() => {
  directory = testDirectory();
});

/** Room for two small machines, or a medium one, and 5 GiB. */
const limits = { vcpus: 2, memory_mb: 2048, disk_mb: 25 * 1024 };

const reason = async (method: string, args: Parameters<Workshop['call']>[1]) => {
  const { class: name, kwargs } = await agent.refusal(method, args);
  return [name, kwargs['reason']];
};

describe('an agent whose host is full', () => {
  beforeEach(async () => {
    agent = await testAgent({ directory, limits });
  });

  it('refuses machines with NoValidHost, saying what is missing, until there is room again', async () => {
    const one = await agent.running();
    const two = await agent.building();
    const flavor = { name: 'own', vcpus: 1, memory_mb: 512, root_gb: 6 };
    const wanted = { instance_uuid: 'vm', flavor };
    expect(await reason('run_instance', wanted)).toEqual([
      'NoValidHost',
      'not enough room: 1 cores wanted, 0 of 2 free; 512 MiB of memory wanted, 0 of 2048 free; 6144 MiB of disk wanted, 5120 of 25600 free',
    ]);
    // One that is off keeps its place.
    await agent.call('stop_instance', { instance_uuid: two });
    await agent.notified('compute.instance.power_off.end');
    expect((await reason('run_instance', wanted))[0]).toBe('NoValidHost');
    expect((await agent.refusal('get_instance', { instance_uuid: 'vm' })).class).toBe('InstanceNotFound');

    await agent.call('terminate_instance', { instance_uuid: one });
    await agent.notified('compute.instance.delete.end');
    expect(await agent.call('run_instance', wanted)).toMatchObject({ vm_state: 'building' });
  });

  it('returns a machine that is there already all the same', async () => {
    const instance_uuid = await agent.running({ flavor: medium });
    expect(await agent.call('run_instance', { instance_uuid, flavor: medium })).toMatchObject({ vm_state: 'active' });
  });

  it('counts volumes, and what they grow to', async () => {
    await agent.call('create_volume', { volume_id: 'vol', size: 20.5 });
    expect(await reason('create_volume', { volume_id: 'more', size: 4.6 })).toEqual([
      'NoValidHost',
      'not enough room: 4711 MiB of disk wanted, 4608 of 25600 free',
    ]);
    expect((await reason('extend_volume', { volume_id: 'vol', new_size: 26 }))[0]).toBe('NoValidHost');
    await agent.call('extend_volume', { volume_id: 'vol', new_size: 25 });
    expect((await reason('create_volume', { volume_id: 'more', size: 0.5 }))[0]).toBe('NoValidHost');
    await agent.call('delete_volume', { volume_id: 'vol' });
    await agent.notified('volume.delete.end');
    expect(await agent.call('create_volume', { volume_id: 'more', size: 25 })).toMatchObject({ size: 25 });
  });

  it('counts the larger size of a machine that is resized, and the new one afterwards', async () => {
    const instance_uuid = await agent.running();
    const resize = (flavor: typeof small) => agent.call('resize_instance', { instance_uuid, flavor });
    await resize(medium);
    expect((await reason('run_instance', { instance_uuid: 'vm', flavor: small }))[0]).toBe('NoValidHost');
    await agent.notified('compute.instance.resize.end');
    expect((await reason('resize_instance', { instance_uuid, flavor: { ...medium, vcpus: 3 } }))[1]).toBe(
      'not enough room: 1 cores wanted, 0 of 2 free',
    );
    await resize(small);
    await agent.notified('compute.instance.resize.end', undefined, 2);
    expect(await agent.call('run_instance', { instance_uuid: 'vm', flavor: small })).toMatchObject({ uuid: 'vm' });
  });

  it('has the room back that a resize did not need because it failed', async () => {
    const instance_uuid = await agent.running({ user_data: 'fake.fail=resize' });
    await agent.call('resize_instance', { instance_uuid, flavor: medium });
    await agent.notified('compute.instance.resize.error');
    expect(await agent.call('run_instance', { instance_uuid: 'vm', flavor: small })).toMatchObject({ uuid: 'vm' });
  });

  it('keeps no room for a machine whose networks cannot be had', async () => {
    const failing = { instance_uuid: 'vm', flavor: medium, networks: [{ uuid: 'nowhere' }] };
    for (let i = 0; i < 2; i++) expect((await agent.refusal('run_instance', failing)).class).toBe('NetworkNotFound');
    expect(await agent.call('run_instance', { instance_uuid: 'vm', flavor: medium })).toMatchObject({ uuid: 'vm' });
  });

  it('keeps the room of a machine in error', async () => {
    await agent.building({ flavor: medium, user_data: 'fake.fail=create' });
    await agent.notified('compute.instance.create.error');
    expect((await reason('run_instance', { instance_uuid: 'vm', flavor: small }))[0]).toBe('NoValidHost');
  });
});

describe('an agent that starts again', () => {
  it('knows what its machines take up, also while they change', async () => {
    const held = new HeldDriver();
    agent = await testAgent({ directory, limits, driver: held.driver });
    const instance_uuid = await agent.building();
    await agent.call('resize_instance', { instance_uuid, flavor: medium });
    await agent.close();
    agent = await testAgent({ directory, limits });
    expect((await reason('run_instance', { instance_uuid: 'vm', flavor: small }))[0]).toBe('NoValidHost');
  });

  it('with less room than is taken up keeps its machines and takes no more', async () => {
    agent = await testAgent({ directory, limits });
    const instance_uuid = await agent.running({ flavor: medium });
    await agent.close();
    agent = await testAgent({ directory, limits: { vcpus: 1, memory_mb: null, disk_mb: null } });
    expect(await agent.call('get_instance', { instance_uuid })).toMatchObject({ vm_state: 'active' });
    expect((await reason('run_instance', { instance_uuid: 'vm', flavor: small }))[1]).toBe(
      'not enough room: 1 cores wanted, 0 of 1 free',
    );
    await agent.call('resize_instance', { instance_uuid, flavor: small });
    await agent.notified('compute.instance.resize.end');
  });
});
