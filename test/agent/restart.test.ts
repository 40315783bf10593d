import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeDriver } from '../../src/agent/fake-driver.ts';
import { testAgent, testDirectory } from './test-agent.ts';
import { HeldDriver, small, type Workshop } from './workshop.ts';

let directory: string;
let agent: Workshop;
beforeEach(() => {
  directory = testDirectory();
});

/** An agent that is stopped while everything it was asked for is still under way. */
async function interrupted(work: (agent: Workshop) => Promise<void>): Promise<void> {
  const first = await testAgent({ directory, driver: fakeDriver({ delayMs: 3_600_000 }) });
  await work(first);
  await first.close();
  expect(first.eventTypes.filter((type) => type.endsWith('.end'))).toEqual([]);
}

/** An agent that is stopped when everything it was asked for is done. */
async function settled(work: (agent: Workshop) => Promise<void>): Promise<void> {
  const first = await testAgent({ directory });
  await work(first);
  await first.close();
}

describe('an agent that starts again', () => {
  it('remembers its machines, networks and volumes', async () => {
    await settled(async (first) => {
      await first.call('create_network', { network_id: 'net' });
      await first.call('create_volume', { volume_id: 'vol', size: 1 });
      await first.call('run_instance', { instance_uuid: 'vm', flavor: small });
      await first.call('attach_interface', { instance_uuid: 'vm', network_id: 'net', port_id: 'port' });
      await first.call('attach_volume', { instance_uuid: 'vm', volume_id: 'vol' });
      await first.call('stop_instance', { instance_uuid: 'vm' });
      await first.notified('compute.instance.power_off.end');
    });
    agent = await testAgent({ directory });
    expect(await agent.call('get_instance', { instance_uuid: 'vm' })).toMatchObject({
      vm_state: 'stopped',
      task_state: null,
      nics: [{ port_id: 'port', fixed_ip: '10.0.0.2', port_state: 'ACTIVE' }],
      volumes: [{ volume_id: 'vol', device: '/dev/vdb', attach_status: 'attached' }],
    });
    expect((await agent.refusal('delete_volume', { volume_id: 'vol' })).class).toBe('InvalidVolume');
    // Addresses and ranges that are in use stay so.
    const port = await agent.call('attach_interface', { instance_uuid: 'vm', network_id: 'net' });
    expect(port).toMatchObject({ fixed_ip: '10.0.0.3', device: 'eth1' });
    expect(await agent.call('create_network', { network_id: 'more' })).toMatchObject({ cidr: '10.0.1.0/24' });
    expect(agent.eventTypes).not.toContain('compute.instance.create.end');
  });

  it('takes up the work that was not finished, and tells about it', async () => {
    await interrupted(async (first) => {
      await first.call('create_network', { network_id: 'net' });
      await first.call('create_volume', { volume_id: 'vol', size: 1 });
      await first.call('extend_volume', { volume_id: 'vol', new_size: 2 });
      await first.call('run_instance', { instance_uuid: 'vm', flavor: small });
      await first.call('suspend_instance', { instance_uuid: 'vm' });
      await first.call('attach_interface', { instance_uuid: 'vm', network_id: 'net', port_id: 'port' });
      await first.call('attach_volume', { instance_uuid: 'vm', volume_id: 'vol', attachment_id: 'attachment' });
    });
    agent = await testAgent({ directory });
    await agent.notified('network.create.end');
    expect((await agent.notified('volume.resize.end')).payload['size']).toBe(2);
    await agent.notified('compute.instance.create.start');
    await agent.notified('compute.instance.create.end');
    expect((await agent.notified('compute.instance.suspend.end')).payload['state']).toBe('suspended');
    await agent.notified('compute.instance.interface.attach', 'port');
    await agent.notified('compute.instance.volume.attach', 'attachment');
  });

  it('finishes removals that were under way', async () => {
    await settled(async (first) => {
      await first.call('create_network', { network_id: 'net' });
      await first.call('create_volume', { volume_id: 'vol', size: 1 });
      for (const instance_uuid of ['vm', 'gone']) {
        await first.call('run_instance', { instance_uuid, flavor: small });
        await first.call('attach_interface', { instance_uuid, network_id: 'net', port_id: `port of ${instance_uuid}` });
        await first.notified('compute.instance.interface.attach', `port of ${instance_uuid}`);
      }
      await first.call('attach_volume', { instance_uuid: 'vm', volume_id: 'vol', attachment_id: 'attachment' });
      await first.notified('compute.instance.volume.attach', 'attachment');
    });
    await interrupted(async (first) => {
      await first.call('detach_interface', { instance_uuid: 'vm', port_id: 'port of vm' });
      await first.call('detach_volume', { instance_uuid: 'vm', volume_id: 'vol' });
      await first.call('delete_volume', { volume_id: 'vol' });
      await first.call('detach_interface', { instance_uuid: 'gone', port_id: 'port of gone' });
      await first.call('terminate_instance', { instance_uuid: 'gone' });
    });
    agent = await testAgent({ directory });
    await agent.notified('compute.instance.interface.detach', 'port of vm');
    await agent.notified('compute.instance.volume.detach', 'attachment');
    await agent.notified('volume.delete.end');
    await agent.notified('compute.instance.delete.end', 'gone');
    expect(await agent.call('list_instances', {})).toMatchObject([{ uuid: 'vm', nics: [], volumes: [] }]);
  });

  it('knows a command that it has carried out before', async () => {
    const id = { _context_command_id: '058ea920-c022-4d1f-9362-07b044a2f905' };
    await settled(async (first) => {
      await first.call('run_instance', { instance_uuid: 'vm', flavor: small });
      await first.call('reboot_instance', { instance_uuid: 'vm' }, id);
      await first.notified('compute.instance.reboot.end');
    });
    agent = await testAgent({ directory });
    const answer = await agent.call('reboot_instance', { instance_uuid: 'vm' }, id);
    expect(answer).toMatchObject({ vm_state: 'active', task_state: null });
    const other = await agent.call('reboot_instance', { instance_uuid: 'vm' }, { _context_command_id: 'another' });
    expect(other).toMatchObject({ task_state: 'rebooting' });
  });
});

describe('an agent that stops', () => {
  it('lets an operation that cannot be interrupted finish, and remembers that it has', async () => {
    const held = new HeldDriver({ stoppable: false });
    const first = await testAgent({ directory, driver: held.driver });
    await first.call('run_instance', { instance_uuid: 'vm', flavor: small });
    await first.call('stop_instance', { instance_uuid: 'vm' });
    await held.begins('spawn');
    const closed = first.close();
    await held.release();
    await closed;
    expect(held.begun).toEqual(['spawn']);
    agent = await testAgent({ directory });
    await agent.notified('compute.instance.power_off.end');
    expect(agent.eventTypes).not.toContain('compute.instance.create.start');
  });
});

describe('an agent that is killed', () => {
  it('loses nothing that it has accepted', async () => {
    const script = fileURLToPath(new URL('killed-agent.ts', import.meta.url));
    const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toBe('accepted\n');
    child.kill('SIGKILL');
    await once(child, 'exit');

    agent = await testAgent({ directory });
    await agent.notified('network.create.end');
    await agent.notified('volume.create.end');
    await agent.notified('compute.instance.power_off.end');
    await agent.notified('compute.instance.interface.attach', 'port');
    await agent.notified('compute.instance.volume.attach', 'attachment');
    expect(await agent.call('get_instance', { instance_uuid: 'vm' })).toMatchObject({
      vm_state: 'stopped',
      nics: [{ port_id: 'port', fixed_ip: '10.0.0.1', port_state: 'ACTIVE' }],
      volumes: [{ volume_id: 'vol', attach_status: 'attached' }],
    });
  });
});
