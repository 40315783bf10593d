import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent } from './test-agent.ts';
import { HeldDriver, type Workshop } from './workshop.ts';

let agent: Workshop;
beforeEach(async () => {
  agent = await testAgent();
});

const attached = (attachment: string) => agent.notified('compute.instance.volume.attach', attachment);
const detached = (attachment: string) => agent.notified('compute.instance.volume.detach', attachment);

/** A volume that is ready. */
async function volume(volume_id: string): Promise<string> {
  await agent.call('create_volume', { volume_id, size: 1 });
  await agent.notified('volume.create.end', volume_id);
  return volume_id;
}

describe('attach_volume', () => {
  it('knows the device at once, has the volume in use, and tells when it is attached', async () => {
    const instance_uuid = await agent.running();
    const volume_id = await volume('v');
    const answer = await agent.call('attach_volume', { instance_uuid, volume_id, attachment_id: 'a' });
    const facts = { attachment_id: 'a', volume_id, device: '/dev/vdb' };
    expect(answer).toEqual({ ...facts, attach_status: 'attaching' });
    expect(await agent.call('create_volume', { volume_id, size: 1 })).toMatchObject({ status: 'in-use' });
    const { payload } = await attached('a');
    expect(payload).toMatchObject({ instance_id: instance_uuid, state: 'active', ...facts, attach_status: 'attached' });
    expect((await agent.call('get_instance', { instance_uuid }))['volumes']).toEqual([
      { ...facts, attach_status: 'attached' },
    ]);
  });

  it('is possible while volume and instance are being made, and done after that', async () => {
    await agent.close();
    const held = new HeldDriver();
    agent = await testAgent({ driver: held.driver });
    await agent.call('create_volume', { volume_id: 'v', size: 1 });
    const instance_uuid = await agent.building();
    await agent.call('attach_volume', { instance_uuid, volume_id: 'v', attachment_id: 'a' });
    await held.release('spawn');
    await agent.notified('compute.instance.create.end');
    await new Promise(setImmediate);
    expect(held.begun).toEqual(['createVolume', 'spawn']);
    await held.release('createVolume');
    await held.release('attach');
    await attached('a');
    const order = agent.eventTypes.filter((type) => !type.endsWith('.start'));
    expect(order).toEqual(['compute.instance.create.end', 'volume.create.end', 'compute.instance.volume.attach']);
    expect((await agent.notified('volume.create.end')).payload['status']).toBe('in-use');
  });

  it('takes the device asked for, or the first one free', async () => {
    const instance_uuid = await agent.running();
    const attach = async (volume_id: string, more = {}) =>
      (await agent.call('attach_volume', { instance_uuid, volume_id: await volume(volume_id), ...more }))['device'];
    expect(await attach('1', { mountpoint: '/dev/vdc' })).toBe('/dev/vdc');
    expect(await attach('2')).toBe('/dev/vdb');
    expect(await attach('3')).toBe('/dev/vdd');
    const taken = { instance_uuid, volume_id: await volume('4'), mountpoint: '/dev/vdb' };
    expect(await agent.refusal('attach_volume', taken)).toMatchObject({
      class: 'DevicePathInUse',
      kwargs: { code: 409 },
    });
    for (let i = 5; i <= 26; i++) await attach(String(i));
    const full = await agent.refusal('attach_volume', { instance_uuid, volume_id: '4' });
    expect(full).toMatchObject({ class: 'TooManyDiskDevices', kwargs: { maximum: 25, code: 403 } });
  });

  it('sent again returns the attachment that is there', async () => {
    const instance_uuid = await agent.running();
    const args = { instance_uuid, volume_id: await volume('v'), attachment_id: 'a' };
    const first = await agent.call('attach_volume', args);
    await attached('a');
    expect(await agent.call('attach_volume', args)).toEqual({ ...first, attach_status: 'attached' });
  });

  it('is refused for a volume that is in use, in error, about to go, or not there', async () => {
    const instance_uuid = await agent.running();
    const other = await agent.running();
    const volume_id = await volume('v');
    await agent.call('attach_volume', { instance_uuid, volume_id });
    const refused = (id: string) => agent.refusal('attach_volume', { instance_uuid: other, volume_id: id });
    expect(await refused('v')).toMatchObject({
      class: 'InvalidVolume',
      message: 'Invalid volume: volume is in-use',
      kwargs: { reason: 'volume is in-use', code: 400 },
    });
    await agent.call('create_volume', { volume_id: 'bad', size: 1, display_name: 'fake.fail=create' });
    await agent.notified('volume.create.error');
    expect((await refused('bad')).message).toBe('Invalid volume: volume is error');
    await agent.call('create_volume', { volume_id: 'going', size: 1 });
    await agent.call('delete_volume', { volume_id: 'going' });
    expect((await refused('going')).message).toBe('Invalid volume: volume is deleting');
    expect(await refused('x')).toMatchObject({ class: 'VolumeNotFound', kwargs: { volume_id: 'x', code: 404 } });
    const nowhere = await agent.refusal('attach_volume', { instance_uuid: 'x', volume_id });
    expect(nowhere.class).toBe('InstanceNotFound');
  });

  it.each([
    ['the user data of the instance', { user_data: 'fake.fail=attach' }, {}],
    ['the name of the volume', {}, { display_name: 'fake.fail=attach' }],
  ])('fails when %s says so, and the instance goes on without it', async (_, instance, wanted) => {
    const instance_uuid = await agent.running(instance);
    await agent.call('create_volume', { volume_id: 'v', size: 1, ...wanted });
    await agent.call('attach_volume', { instance_uuid, volume_id: 'v', attachment_id: 'a' });
    const { payload, priority } = await agent.notified('compute.instance.volume.attach.error');
    const message = 'attach failed, as fake.fail=attach demands';
    expect(priority).toBe('ERROR');
    expect(payload).toMatchObject({ attachment_id: 'a', attach_status: 'error', state: 'active', message });
    await agent.call('detach_volume', { instance_uuid, volume_id: 'v' });
    await detached('a');
    await agent.call('delete_volume', { volume_id: 'v' });
    await agent.notified('volume.delete.end');
  });

  it('fails when instance or volume have failed meanwhile', async () => {
    await agent.call('create_volume', { volume_id: 'bad', size: 1, display_name: 'fake.fail=create' });
    await agent.call('create_volume', { volume_id: 'good', size: 1 });
    const instance_uuid = await agent.building();
    const broken = await agent.building({ user_data: 'fake.fail=create' });
    await agent.call('attach_volume', { instance_uuid, volume_id: 'bad', attachment_id: 'a' });
    await agent.call('attach_volume', { instance_uuid: broken, volume_id: 'good', attachment_id: 'b' });
    const noVolume = await agent.notified('compute.instance.volume.attach.error', 'a');
    expect(noVolume.payload['message']).toBe('the volume is in error or gone');
    const noInstance = await agent.notified('compute.instance.volume.attach.error', 'b');
    expect(noInstance.payload['message']).toBe('the machine is in error');
  });
});

describe('detach_volume', () => {
  it('answers null, frees the volume at once, and tells when it is detached', async () => {
    const instance_uuid = await agent.running();
    const volume_id = await volume('v');
    await agent.call('attach_volume', { instance_uuid, volume_id, attachment_id: 'a' });
    await attached('a');
    expect(await agent.call('detach_volume', { instance_uuid, volume_id })).toBeNull();
    const other = await agent.running();
    await agent.call('attach_volume', { instance_uuid: other, volume_id, attachment_id: 'b' });
    await attached('b');
    expect((await detached('a')).payload).toMatchObject({ instance_id: instance_uuid, volume_id, attachment_id: 'a' });
    expect((await agent.call('get_instance', { instance_uuid }))['volumes']).toEqual([]);
    const order = agent.eventTypes.filter((type) => type.includes('.volume.'));
    expect(order.map((type) => type.split('.').at(-1))).toEqual(['attach', 'detach', 'attach']);
  });

  it('of what is gone or going does nothing', async () => {
    const instance_uuid = await agent.running();
    const volume_id = await volume('v');
    expect(await agent.call('detach_volume', { instance_uuid, volume_id: 'x' })).toBeNull();
    await agent.call('attach_volume', { instance_uuid, volume_id, attachment_id: 'a' });
    for (let i = 0; i < 2; i++) await agent.call('detach_volume', { instance_uuid, volume_id });
    await detached('a');
    expect(await agent.call('detach_volume', { instance_uuid, volume_id })).toBeNull();
    expect(agent.eventTypes.filter((type) => type === 'compute.instance.volume.detach')).toHaveLength(1);
  });

  it('that fails leaves the attachment in error', async () => {
    const instance_uuid = await agent.running({ user_data: 'fake.fail=detach' });
    const volume_id = await volume('v');
    await agent.call('attach_volume', { instance_uuid, volume_id, attachment_id: 'a' });
    await agent.call('detach_volume', { instance_uuid, volume_id });
    const { payload } = await agent.notified('compute.instance.volume.detach.error');
    expect(payload).toMatchObject({ attachment_id: 'a', message: 'detach failed, as fake.fail=detach demands' });
  });

  it('is not needed before terminate_instance, which frees the volume', async () => {
    const instance_uuid = await agent.running();
    const volume_id = await volume('v');
    await agent.call('attach_volume', { instance_uuid, volume_id });
    await agent.call('terminate_instance', { instance_uuid });
    await agent.notified('compute.instance.delete.end');
    expect(await agent.call('create_volume', { volume_id, size: 1 })).toMatchObject({ status: 'available' });
  });
});
