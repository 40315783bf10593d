import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent } from './test-agent.ts';
import { host, type Workshop } from './workshop.ts';

let agent: Workshop;
beforeEach(async () => {
  agent = await testAgent();
});

const volume_id = '81b7d550-193e-47e6-b83f-645a9b30fc7b';
const volume = { id: volume_id, host, size: 10, display_name: 'disk1', volume_type: null };

const create = (more = {}) => agent.call('create_volume', { volume_id, size: 10, display_name: 'disk1', ...more });

describe('create_volume', () => {
  it('accepts at once and tells when the volume is there', async () => {
    expect(await create()).toEqual({ ...volume, status: 'creating' });
    const start = await agent.notified('volume.create.start');
    expect(start).toMatchObject({ publisher_id: 'volume.host1', payload: { volume_id, status: 'creating', size: 10 } });
    expect((await agent.notified('volume.create.end')).payload).toEqual({ volume_id, status: 'available', size: 10 });
    expect(await create({ size: 99 })).toEqual({ ...volume, status: 'available' });
    expect(agent.notifications).toHaveLength(2);
  });
});

describe('extend_volume', () => {
  it('makes it larger, once', async () => {
    await create();
    expect(await agent.call('extend_volume', { volume_id, new_size: 20 })).toMatchObject({ size: 10 });
    await agent.call('extend_volume', { volume_id, new_size: 20 });
    expect((await agent.notified('volume.resize.start')).payload['status']).toBe('extending');
    expect((await agent.notified('volume.resize.end')).payload).toEqual({ volume_id, status: 'available', size: 20 });
    expect(await agent.call('extend_volume', { volume_id, new_size: 20 })).toMatchObject({ size: 20 });
    expect(agent.eventTypes.filter((type) => type === 'volume.resize.end')).toHaveLength(1);
  });

  it('is told while it waits for a snapshot, which has a status of its own', async () => {
    await create();
    await agent.notified('volume.create.end');
    await agent.call('create_snapshot', { volume_id, snapshot_id: 's' });
    expect(await agent.call('list_volumes', {})).toMatchObject([{ status: 'available', size: 10 }]);
    const extended = await agent.call('extend_volume', { volume_id, new_size: 20 });
    expect(extended).toMatchObject({ status: 'extending', size: 10 });
    expect(await agent.notified('volume.resize.end')).toMatchObject({ payload: { status: 'available', size: 20 } });
  });

  it('is refused for a smaller size and for a volume that is not there, broken or about to go', async () => {
    await create({ display_name: 'fake.fail=resize' });
    const extend = (new_size: number) => agent.refusal('extend_volume', { volume_id, new_size });
    expect(await extend(5)).toMatchObject({ class: 'InvalidInput', kwargs: { code: 400 } });
    const nowhere = await agent.refusal('extend_volume', { volume_id: 'x', new_size: 5 });
    expect(nowhere).toMatchObject({ class: 'VolumeNotFound', kwargs: { volume_id: 'x', code: 404 } });
    await agent.call('extend_volume', { volume_id, new_size: 20 });
    const failed = await agent.notified('volume.resize.error');
    expect(failed).toMatchObject({
      priority: 'ERROR',
      payload: { volume_id, status: 'error', size: 10, message: 'resize failed, as fake.fail=resize demands' },
    });
    expect((await extend(30)).message).toBe('Invalid volume: volume is error');
    await agent.call('delete_volume', { volume_id });
    expect((await extend(30)).message).toBe('Invalid volume: volume is deleting');
  });
});

describe('create_snapshot', () => {
  it('answers with the snapshot and tells when it is there', async () => {
    await create();
    const snapshot_id = 'cb33105a-cb31-490e-9cd8-fcc40dceb1b8';
    const answer = await agent.call('create_snapshot', { volume_id, snapshot_id });
    expect(answer).toEqual({ id: snapshot_id, status: 'creating' });
    const payload = { volume_id, snapshot_id };
    expect((await agent.notified('snapshot.create.start')).payload).toEqual({ ...payload, status: 'creating' });
    expect((await agent.notified('snapshot.create.end')).payload).toEqual({ ...payload, status: 'available' });
    expect(await create()).toMatchObject({ status: 'available' });
  });
});

describe('delete_volume', () => {
  it('answers null and tells when the volume is gone', async () => {
    await create();
    expect(await agent.call('delete_volume', { volume_id })).toBeNull();
    expect(await agent.call('delete_volume', { volume_id })).toBeNull();
    expect((await agent.notified('volume.delete.start')).payload).toEqual({ volume_id, status: 'deleting' });
    expect((await agent.notified('volume.delete.end')).payload).toEqual({ volume_id, status: 'deleted' });
    expect((await agent.refusal('delete_volume', { volume_id })).class).toBe('VolumeNotFound');
  });

  it('is refused while the volume is in use', async () => {
    await create();
    const instance_uuid = await agent.running();
    await agent.call('attach_volume', { instance_uuid, volume_id });
    expect(await agent.refusal('delete_volume', { volume_id })).toMatchObject({
      class: 'InvalidVolume',
      message: 'Invalid volume: volume is in-use',
      kwargs: { reason: 'volume is in-use', code: 400 },
    });
  });
});

describe('fake.fail in the display name', () => {
  it.each([
    ['create', 'create_volume', {}, 'volume.create.error'],
    ['snapshot', 'create_snapshot', { snapshot_id: 's' }, 'snapshot.create.error'],
    ['delete', 'delete_volume', {}, 'volume.delete.error'],
  ])('=%s ends in error', async (word, method, args, event) => {
    await create({ display_name: `disk fake.fail=${word}` });
    if (word !== 'create') await agent.call(method, { volume_id, ...args });
    const { payload, priority } = await agent.notified(event);
    expect(priority).toBe('ERROR');
    expect(payload).toMatchObject({
      volume_id,
      status: 'error',
      message: `${word} failed, as fake.fail=${word} demands`,
    });
    expect(await create()).toMatchObject({ status: 'error' });
  });

  it('=refuse does not let it come', async () => {
    const failure = await agent.refusal('create_volume', { volume_id, size: 1, display_name: 'fake.fail=refuse' });
    expect(failure.class).toBe('NoValidHost');
  });
});
