import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent } from './test-agent.ts';
import { HeldDriver, host, medium, small, type Workshop } from './workshop.ts';

let agent: Workshop;
beforeEach(async () => {
  agent = await testAgent();
});

/** The last of the two notifications of an operation. */
const ended = (operation: string, uuid: string, n = 1) => agent.notified(`compute.instance.${operation}.end`, uuid, n);

describe('run_instance', () => {
  const uuid = '40173ef3-669f-43af-b664-99b3eebb6257';
  const args = {
    instance_uuid: uuid,
    display_name: 'vm1',
    hostname: 'vm1.example.org',
    image_ref: 'debian-12',
    flavor: { name: 'small', vcpus: 2, memory_mb: 2048, root_gb: 10 },
    metadata: { 'occi.core.id': uuid },
    networks: [],
    block_device_mapping: [],
    user_data: null,
  };
  const instance = {
    uuid,
    project_id: 'tenant-1',
    host,
    flavor: args.flavor,
    image_ref: 'debian-12',
    display_name: 'vm1',
    hostname: 'vm1.example.org',
    metadata: { 'occi.core.id': uuid },
    nics: [],
    volumes: [],
  };

  it('accepts at once, builds later and tells when it is done', async () => {
    const answer = await agent.call('run_instance', args);
    expect(answer).toEqual({ ...instance, vm_state: 'building', task_state: 'spawning', power_state: 0 });
    const start = await agent.notified('compute.instance.create.start');
    const end = await agent.notified('compute.instance.create.end');
    const payload = {
      instance_id: uuid,
      tenant_id: 'tenant-1',
      display_name: 'vm1',
      host,
      memory_mb: 2048,
      vcpus: 2,
      metadata: { 'occi.core.id': uuid },
    };
    expect(start).toMatchObject({ publisher_id: `compute.${host}`, priority: 'INFO' });
    expect(start.timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    expect(start.payload).toEqual({ ...payload, state: 'building', state_description: 'spawning' });
    expect(end.payload).toEqual({ ...payload, state: 'active', state_description: '', message: 'Success' });
    expect(agent.eventTypes).toEqual(['compute.instance.create.start', 'compute.instance.create.end']);
    expect(await agent.call('get_instance', { instance_uuid: uuid })).toEqual({
      ...instance,
      vm_state: 'active',
      task_state: null,
      power_state: 1,
    });
  });

  it('sent again returns the instance it made the first time', async () => {
    await agent.call('run_instance', args);
    await ended('create', uuid);
    const again = await agent.call('run_instance', { ...args, display_name: 'other' });
    expect(again).toMatchObject({ display_name: 'vm1', vm_state: 'active' });
    expect(agent.notifications).toHaveLength(2);
  });

  it('with nothing but a size takes the defaults', async () => {
    const answer = await agent.call('run_instance', { instance_uuid: 'a', flavor: small, display_name: 'vm2' });
    expect(answer).toMatchObject({ image_ref: null, hostname: 'vm2', metadata: {} });
  });

  it('answers NoValidHost when there is no room', async () => {
    const flavor = { ...small, memory_mb: (1 << 20) + 1 };
    expect(await agent.refusal('run_instance', { ...args, flavor })).toMatchObject({
      class: 'NoValidHost',
      module: 'nova.exception',
      message: 'No valid host was found. not enough memory',
      kwargs: { reason: 'not enough memory', code: 503 },
    });
    expect(await agent.call('list_instances', {})).toEqual([]);
  });

  it('attaches the networks and volumes it names, or leaves nothing behind', async () => {
    await agent.call('create_network', { network_id: 'net', cidr: '10.9.0.0/30' });
    await agent.call('create_volume', { volume_id: 'vol', size: 1 });
    const links = { networks: [{ uuid: 'net', fixed_ip: '10.9.0.2' }], block_device_mapping: [{ volume_id: 'vol' }] };
    const answer = await agent.call('run_instance', { ...args, ...links });
    expect(answer['nics']).toMatchObject([{ network_id: 'net', fixed_ip: '10.9.0.2', device: 'eth0' }]);
    expect(answer['volumes']).toMatchObject([{ volume_id: 'vol', device: '/dev/vdb' }]);

    const failing = { instance_uuid: 'b', flavor: small, networks: [{ uuid: 'net' }, { uuid: 'net' }] };
    expect((await agent.refusal('run_instance', failing)).class).toBe('NoMoreFixedIps');
    expect((await agent.refusal('get_instance', { instance_uuid: 'b' })).class).toBe('InstanceNotFound');
    const one = await agent.call('run_instance', { ...failing, networks: [{ uuid: 'net' }] });
    expect(one['nics']).toMatchObject([{ fixed_ip: '10.9.0.1' }]);
  });
});

describe('operations on an instance', () => {
  it.each([
    // operation, method, arguments, notifications, task_state, state before and after, power_state
    ['stop', 'stop_instance', { clean_shutdown: true }, 'power_off', 'powering-off', 'active', 'stopped', 4],
    ['suspend', 'suspend_instance', {}, 'suspend', 'suspending', 'active', 'suspended', 7],
    ['pause', 'pause_instance', {}, 'pause', 'pausing', 'active', 'paused', 3],
    ['reboot', 'reboot_instance', { reboot_type: 'SOFT' }, 'reboot', 'rebooting', 'active', 'active', 1],
    ['reboot', 'reboot_instance', { reboot_type: 'HARD' }, 'reboot', 'rebooting_hard', 'active', 'active', 1],
    ['rebuild', 'rebuild_instance', { image_ref: 'x' }, 'rebuild', 'rebuilding', 'active', 'active', 1],
    ['resize', 'resize_instance', { flavor: medium }, 'resize', 'resizing', 'active', 'active', 1],
  ])('%s: accepted at once, then done', async (_, method, args, operation, task, before, after, power) => {
    const instance_uuid = await agent.running();
    const answer = await agent.call(method, { instance_uuid, ...args });
    expect(answer).toMatchObject({ vm_state: before, task_state: task });
    const start = await agent.notified(`compute.instance.${operation}.start`);
    expect(start.payload).toMatchObject({ state: before, state_description: task });
    const end = await agent.notified(`compute.instance.${operation}.end`);
    expect(end.payload).toMatchObject({ state: after, state_description: '' });
    expect(await agent.call('get_instance', { instance_uuid })).toMatchObject({
      vm_state: after,
      task_state: null,
      power_state: power,
    });
  });

  it.each([
    ['start', 'stop_instance', 'power_off', 'start_instance', 'power_on', 'powering-on'],
    ['resume', 'suspend_instance', 'suspend', 'resume_instance', 'resume', 'resuming'],
    ['unpause', 'pause_instance', 'pause', 'unpause_instance', 'unpause', 'unpausing'],
  ])('%s: back to active', async (_, away, awayOperation, back, backOperation, task) => {
    const instance_uuid = await agent.running();
    await agent.call(away, { instance_uuid });
    await ended(awayOperation, instance_uuid);
    expect(await agent.call(back, { instance_uuid })).toMatchObject({ task_state: task });
    expect((await ended(backOperation, instance_uuid)).payload['state']).toBe('active');
  });

  it('resize gives the new size when it is done', async () => {
    const instance_uuid = await agent.running();
    expect(await agent.call('resize_instance', { instance_uuid, flavor: medium })).toMatchObject({ flavor: small });
    expect((await ended('resize', instance_uuid)).payload).toMatchObject({ vcpus: 2, memory_mb: 2048 });
    expect(await agent.call('get_instance', { instance_uuid })).toMatchObject({ flavor: medium });
  });

  it('rebuild leaves an instance that is off as it is, on another image', async () => {
    const instance_uuid = await agent.running({ image_ref: 'old' });
    await agent.call('stop_instance', { instance_uuid });
    await ended('power_off', instance_uuid);
    await agent.call('rebuild_instance', { instance_uuid, image_ref: 'new' });
    expect((await ended('rebuild', instance_uuid)).payload['state']).toBe('stopped');
    expect(await agent.call('get_instance', { instance_uuid })).toMatchObject({ image_ref: 'new' });
  });

  it('snapshot answers with the image and tells when it is there', async () => {
    const instance_uuid = await agent.running();
    const image_id = '668efb8a-c9d9-484e-b070-3563e82dd1a7';
    expect(await agent.call('snapshot_instance', { instance_uuid, image_id })).toEqual({ image_id });
    const start = await agent.notified('compute.instance.snapshot.start');
    expect(start.payload).toMatchObject({ state_description: 'image_snapshot', image_id });
    expect((await ended('snapshot', instance_uuid)).payload).toMatchObject({ state: 'active', image_id });
  });

  it('terminate answers null and makes it disappear', async () => {
    const instance_uuid = await agent.running();
    expect(await agent.call('terminate_instance', { instance_uuid })).toBeNull();
    const start = await agent.notified('compute.instance.delete.start');
    expect(start.payload).toMatchObject({ state: 'active', state_description: 'deleting' });
    expect((await ended('delete', instance_uuid)).payload).toMatchObject({ state: 'deleted', state_description: '' });
    expect(await agent.refusal('get_instance', { instance_uuid })).toMatchObject({
      class: 'InstanceNotFound',
      message: `Instance ${instance_uuid} could not be found.`,
      kwargs: { instance_id: instance_uuid, code: 404 },
    });
  });

  it('are refused for an instance that is not there', async () => {
    const instance_uuid = randomUUID();
    const methods = ['start', 'stop', 'reboot', 'suspend', 'resume', 'pause', 'unpause', 'terminate', 'get'];
    for (const method of methods) {
      expect((await agent.refusal(`${method}_instance`, { instance_uuid })).class).toBe('InstanceNotFound');
    }
  });

  it.each([
    ['stop_instance', 'power_off', 'stopped', 'suspend_instance', {}, 'suspend'],
    ['stop_instance', 'power_off', 'stopped', 'reboot_instance', { reboot_type: 'SOFT' }, 'reboot'],
    ['suspend_instance', 'suspend', 'suspended', 'start_instance', {}, 'start'],
    ['suspend_instance', 'suspend', 'suspended', 'pause_instance', {}, 'pause'],
    ['suspend_instance', 'suspend', 'suspended', 'rebuild_instance', { image_ref: 'x' }, 'rebuild'],
    ['pause_instance', 'pause', 'paused', 'resume_instance', {}, 'resume'],
  ])('after %s (%s), in %s: %s is refused', async (way, operation, state, method, args, verb) => {
    const instance_uuid = await agent.running();
    await agent.call(way, { instance_uuid });
    await ended(operation, instance_uuid);
    const kwargs = { instance_uuid, attr: 'vm_state', state, method: verb, code: 409 };
    expect(await agent.refusal(method, { instance_uuid, ...args })).toMatchObject({
      class: 'InstanceInvalidState',
      message: `Instance ${instance_uuid} in vm_state ${state}. Cannot ${verb} while the instance is in this state.`,
      kwargs,
    });
  });

  it('list_instances lists those of a project or all', async () => {
    const mine = await agent.running();
    const args = { instance_uuid: randomUUID(), flavor: small };
    await agent.call('run_instance', args, { _context_project_id: 'tenant-2' });
    const list = async (given: { project_id?: string | null }) =>
      ((await agent.call('list_instances', given)) as unknown as { uuid: string }[]).map(({ uuid }) => uuid);
    expect(await list({ project_id: 'tenant-1' })).toEqual([mine]);
    expect(await list({ project_id: 'tenant-2' })).toEqual([args.instance_uuid]);
    expect(await list({})).toEqual([args.instance_uuid, mine].toSorted());
    expect(await list({ project_id: null })).toEqual([args.instance_uuid, mine].toSorted());
  });
});

describe('a command that comes twice', () => {
  it.each([
    ['start_instance', {}],
    ['resume_instance', {}],
    ['unpause_instance', {}],
    ['resize_instance', { flavor: small }],
  ])('%s: its goal is reached already', async (method, args) => {
    const instance_uuid = await agent.running();
    const answer = await agent.call(method, { instance_uuid, ...args });
    expect(answer).toMatchObject({ vm_state: 'active', task_state: null });
    expect(agent.notifications).toHaveLength(2);
  });

  it.each([
    ['stop_instance', 'power_off'],
    ['suspend_instance', 'suspend'],
    ['pause_instance', 'pause'],
    ['terminate_instance', 'delete'],
  ])('%s: its goal is under way, then reached', async (method, operation) => {
    const instance_uuid = await agent.running();
    const first = await agent.call(method, { instance_uuid });
    expect(await agent.call(method, { instance_uuid })).toEqual(first);
    await ended(operation, instance_uuid);
    if (operation !== 'delete') {
      expect(await agent.call(method, { instance_uuid })).toMatchObject({ task_state: null });
    }
    expect(agent.notifications).toHaveLength(4);
  });
});

describe('one operation at a time', () => {
  let held: HeldDriver;
  beforeEach(async () => {
    await agent.close();
    held = new HeldDriver();
    agent = await testAgent({ driver: held.driver });
  });

  it('later commands wait for their turn and are judged by what the instance will be', async () => {
    const instance_uuid = await agent.building();
    expect(await agent.call('stop_instance', { instance_uuid })).toMatchObject({
      vm_state: 'building',
      task_state: 'spawning',
    });
    await agent.call('resize_instance', { instance_uuid, flavor: medium });
    await agent.call('start_instance', { instance_uuid });
    await held.release();
    const created = await ended('create', instance_uuid);
    expect(created.payload).toMatchObject({ state: 'active', state_description: 'powering-off' });
    await held.release();
    expect((await ended('power_off', instance_uuid)).payload).toMatchObject({
      state: 'stopped',
      state_description: 'resizing',
    });
    await held.release();
    await ended('resize', instance_uuid);
    await held.release();
    expect((await ended('power_on', instance_uuid)).payload).toMatchObject({ state: 'active', state_description: '' });
    expect(held.begun).toEqual(['spawn', 'powerOff', 'resize', 'powerOn']);
  });

  it('a command that will not be possible is refused, naming what is under way', async () => {
    const instance_uuid = await agent.building();
    await agent.call('suspend_instance', { instance_uuid });
    expect(await agent.refusal('pause_instance', { instance_uuid })).toMatchObject({
      class: 'InstanceInvalidState',
      kwargs: { attr: 'task_state', state: 'spawning', method: 'pause' },
    });
  });

  it('a failure takes the commands behind it with it', async () => {
    const instance_uuid = await agent.building();
    await agent.call('stop_instance', { instance_uuid });
    await held.fail('no disk');
    const failed = await agent.notified('compute.instance.create.error');
    expect(failed).toMatchObject({ priority: 'ERROR', payload: { state: 'error', message: 'no disk' } });
    expect(await agent.call('get_instance', { instance_uuid })).toMatchObject({
      vm_state: 'error',
      task_state: null,
      power_state: 0,
      fault: 'no disk',
    });
    expect(held.begun).toEqual(['spawn']);
  });

  it('terminate lets what is under way end and drops the rest', async () => {
    const instance_uuid = await agent.building();
    await agent.call('stop_instance', { instance_uuid });
    await agent.call('terminate_instance', { instance_uuid });
    expect(await agent.refusal('start_instance', { instance_uuid })).toMatchObject({
      class: 'InstanceInvalidState',
      kwargs: { attr: 'task_state' },
    });
    await held.release();
    await held.release();
    await ended('delete', instance_uuid);
    expect(held.begun).toEqual(['spawn', 'destroy']);
  });

  it('terminate is carried out even if what was under way has failed', async () => {
    const instance_uuid = await agent.building();
    await agent.call('terminate_instance', { instance_uuid });
    await held.fail('no disk');
    await agent.notified('compute.instance.create.error');
    await held.release();
    await ended('delete', instance_uuid);
    expect(held.begun).toEqual(['spawn', 'destroy']);
  });
});

describe('fake.fail', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  it.each([
    ['start', 'start_instance', {}, 'power_on'],
    ['stop', 'stop_instance', {}, 'power_off'],
    ['restart', 'reboot_instance', {}, 'reboot'],
    ['reboot', 'reboot_instance', {}, 'reboot'],
    ['suspend', 'suspend_instance', {}, 'suspend'],
    ['resume', 'resume_instance', {}, 'resume'],
    ['pause', 'pause_instance', {}, 'pause'],
    ['unpause', 'unpause_instance', {}, 'unpause'],
    ['resize', 'resize_instance', { flavor: medium }, 'resize'],
    ['rebuild', 'rebuild_instance', { image_ref: 'x' }, 'rebuild'],
    ['snapshot', 'snapshot_instance', { image_id: 'x' }, 'snapshot'],
    ['delete', 'terminate_instance', {}, 'delete'],
  ])('=%s makes %s fail', async (word, method, args, operation) => {
    const instance_uuid = await agent.running({ user_data: base64(`#!/bin/sh\n# fake.fail=${word}\n`) });
    const ways: Record<string, [string, string]> = {
      start: ['stop_instance', 'power_off'],
      resume: ['suspend_instance', 'suspend'],
      unpause: ['pause_instance', 'pause'],
    };
    const way = ways[word];
    if (way !== undefined) {
      await agent.call(way[0], { instance_uuid });
      await ended(way[1], instance_uuid);
    }
    await agent.call(method, { instance_uuid, ...args });
    const failed = await agent.notified(`compute.instance.${operation}.error`);
    const message = `${word} failed, as fake.fail=${word} demands`;
    expect(failed).toMatchObject({ priority: 'ERROR', payload: { state: 'error', state_description: '', message } });
    const now = await agent.call('get_instance', { instance_uuid });
    expect(now).toMatchObject({ vm_state: 'error', fault: message });
    expect((await agent.refusal('stop_instance', { instance_uuid })).kwargs).toMatchObject({ state: 'error' });
  });

  it('=create, also in plain text and among others, leaves an instance that never ran', async () => {
    const instance_uuid = await agent.building({ user_data: 'fake.fail=stop,create' });
    await agent.notified('compute.instance.create.error');
    expect(await agent.call('run_instance', { instance_uuid, flavor: small })).toMatchObject({ vm_state: 'error' });
    await agent.call('terminate_instance', { instance_uuid });
    await ended('delete', instance_uuid);
  });

  it('=refuse is answered with NoValidHost', async () => {
    const args = { instance_uuid: 'a', flavor: small, user_data: base64('fake.fail=refuse') };
    expect(await agent.refusal('run_instance', args)).toMatchObject({ class: 'NoValidHost', kwargs: { code: 503 } });
  });

  it('leaves an instance that a rebuild can save', async () => {
    const instance_uuid = await agent.running({ user_data: 'fake.fail=stop' });
    await agent.call('stop_instance', { instance_uuid });
    await agent.notified('compute.instance.power_off.error');
    await agent.call('rebuild_instance', { instance_uuid, image_ref: 'x' });
    expect((await ended('rebuild', instance_uuid)).payload['state']).toBe('active');
    expect(await agent.call('get_instance', { instance_uuid })).not.toHaveProperty('fault');
  });
});
