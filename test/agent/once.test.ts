import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent, testDirectory } from './test-agent.ts';
import { type Answer, medium, small, type Workshop } from './workshop.ts';

let directory: string;
let agent: Workshop;
beforeEach(async () => {
  directory = testDirectory();
  agent = await testAgent({ directory });
});

const same = { _context_command_id: 'c0ffee00-0000-4000-8000-000000000001' };

/** An agent with a machine that has a port and a volume, everything settled. */
async function furnished(): Promise<void> {
  await agent.call('create_network', { network_id: 'net', cidr: '10.0.0.0/24' });
  await agent.call('create_volume', { volume_id: 'vol', size: 1 });
  await agent.call('run_instance', { instance_uuid: 'vm', flavor: small });
  await agent.call('attach_interface', { instance_uuid: 'vm', network_id: 'net', port_id: 'port' });
  await agent.call('attach_volume', { instance_uuid: 'vm', volume_id: 'vol', attachment_id: 'attachment' });
  await agent.notified('compute.instance.interface.attach');
  await agent.notified('compute.instance.volume.attach');
}

describe('a command with a command id that comes again', () => {
  it.each<[string, Answer, string]>([
    ['run_instance', { instance_uuid: 'other', flavor: small }, 'compute.instance.create.end'],
    ['stop_instance', { instance_uuid: 'vm' }, 'compute.instance.power_off.end'],
    ['reboot_instance', { instance_uuid: 'vm' }, 'compute.instance.reboot.end'],
    ['resize_instance', { instance_uuid: 'vm', flavor: medium }, 'compute.instance.resize.end'],
    ['rebuild_instance', { instance_uuid: 'vm', image_ref: 'x' }, 'compute.instance.rebuild.end'],
    ['snapshot_instance', { instance_uuid: 'vm', image_id: 'x' }, 'compute.instance.snapshot.end'],
    ['attach_interface', { instance_uuid: 'vm', network_id: 'net', port_id: 'p' }, 'compute.instance.interface.attach'],
    ['detach_interface', { instance_uuid: 'vm', port_id: 'port' }, 'compute.instance.interface.detach'],
    ['detach_volume', { instance_uuid: 'vm', volume_id: 'vol' }, 'compute.instance.volume.detach'],
    ['terminate_instance', { instance_uuid: 'vm' }, 'compute.instance.delete.end'],
    ['create_network', { network_id: 'other' }, 'network.create.end'],
    ['update_network', { network_id: 'net', values: { label: 'x' } }, 'network.update.end'],
    ['delete_network', { network_id: 'net' }, 'network.delete.end'],
    ['create_volume', { volume_id: 'other', size: 1 }, 'volume.create.end'],
    ['extend_volume', { volume_id: 'vol', new_size: 2 }, 'volume.resize.end'],
    ['create_snapshot', { volume_id: 'vol', snapshot_id: 'x' }, 'snapshot.create.end'],
  ])('%s: is carried out once, also after a restart', async (method, args, event) => {
    await furnished();
    const before = agent.eventTypes.filter((type) => type === event).length;
    const first = await agent.call(method, args, same);
    expect(await agent.call(method, args, same)).toEqual(first);
    await agent.notified(event, undefined, before + 1);
    const settled = await agent.call(method, args, same);
    await agent.close();
    expect(agent.eventTypes.filter((type) => type === event)).toHaveLength(before + 1);

    agent = await testAgent({ directory });
    expect(await agent.call(method, args, same)).toEqual(settled);
    // Whatever would come of it had come by the time something that was asked for later is done.
    await agent.running();
    expect(agent.eventTypes.filter((type) => type === event && event !== 'compute.instance.create.end')).toEqual([]);
  });

  it('is answered with what is so by now', async () => {
    const instance_uuid = await agent.running();
    const first = await agent.call('reboot_instance', { instance_uuid }, same);
    expect(first).toMatchObject({ task_state: 'rebooting' });
    await agent.notified('compute.instance.reboot.end');
    const again = await agent.call('reboot_instance', { instance_uuid }, same);
    expect(again).toMatchObject({ vm_state: 'active', task_state: null });
  });

  it('does not bring back what has been removed since', async () => {
    await furnished();
    const run = { instance_uuid: 'other', flavor: small };
    await agent.call('run_instance', run, same);
    await agent.call('terminate_instance', { instance_uuid: 'other' });
    await agent.notified('compute.instance.delete.end');
    expect((await agent.refusal('run_instance', run, same)).class).toBe('InstanceNotFound');

    const plug = { instance_uuid: 'vm', network_id: 'net', port_id: 'p' };
    await agent.call('attach_interface', plug, { _context_command_id: 'plug' });
    await agent.call('detach_interface', { instance_uuid: 'vm', port_id: 'p' });
    await agent.notified('compute.instance.interface.detach', 'p');
    expect(await agent.refusal('attach_interface', plug, { _context_command_id: 'plug' })).toMatchObject({
      class: 'PortNotFound',
      kwargs: { port_id: 'p', code: 404 },
    });

    const attach = { instance_uuid: 'vm', volume_id: 'more', attachment_id: 'a' };
    await agent.call('create_volume', { volume_id: 'more', size: 1 });
    await agent.call('attach_volume', attach, { _context_command_id: 'attach' });
    await agent.call('detach_volume', { instance_uuid: 'vm', volume_id: 'more' });
    await agent.notified('compute.instance.volume.detach', 'a');
    expect(await agent.refusal('attach_volume', attach, { _context_command_id: 'attach' })).toMatchObject({
      class: 'VolumeBDMNotFound',
      kwargs: { volume_id: 'more', code: 404 },
    });
  });

  it('is looked at anew when it was refused the first time', async () => {
    const attach = { instance_uuid: 'vm', volume_id: 'vol' };
    expect((await agent.refusal('attach_volume', attach, same)).class).toBe('InstanceNotFound');
    await agent.call('run_instance', { instance_uuid: 'vm', flavor: small });
    expect((await agent.refusal('attach_volume', attach, same)).class).toBe('VolumeNotFound');
    await agent.call('create_volume', { volume_id: 'vol', size: 1 });
    expect(await agent.call('attach_volume', attach, same)).toMatchObject({ device: '/dev/vdb' });
  });
});

describe('the same command with another command id', () => {
  it('is another command', async () => {
    const instance_uuid = await agent.running();
    for (const _context_command_id of ['one', 'two']) {
      await agent.call('reboot_instance', { instance_uuid }, { _context_command_id });
      await agent.notified('compute.instance.reboot.end', undefined, _context_command_id === 'one' ? 1 : 2);
    }
    expect(agent.eventTypes.filter((type) => type === 'compute.instance.reboot.start')).toHaveLength(2);
  });
});
