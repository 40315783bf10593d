import { beforeEach, describe, expect, it } from 'vitest';
import { NoServer } from '../../src/messaging/message.ts';
import { testAgent, testDirectory } from './test-agent.ts';
import { HeldDriver, small, type Workshop } from './workshop.ts';

let directory: string;
let agent: Workshop;
let held: HeldDriver;
beforeEach(async () => {
  directory = testDirectory();
  held = new HeldDriver();
  agent = await testAgent({ directory, driver: held.driver });
});

describe('an agent that is to end', () => {
  it('takes nothing more and finishes what it has accepted', async () => {
    const instance_uuid = await agent.building();
    await agent.call('stop_instance', { instance_uuid });
    const closed = agent.close(new AbortController().signal);
    await expect(agent.call('run_instance', { instance_uuid: 'vm', flavor: small })).rejects.toThrow(NoServer);
    await held.release('spawn');
    await held.release('powerOff');
    await closed;
    expect(agent.eventTypes.at(-1)).toBe('compute.instance.power_off.end');

    agent = await testAgent({ directory });
    expect(await agent.call('list_instances', {})).toMatchObject([
      { uuid: instance_uuid, vm_state: 'stopped', task_state: null },
    ]);
  });

  it('and is in a hurry leaves the rest for the next start', async () => {
    const instance_uuid = await agent.building();
    await agent.call('stop_instance', { instance_uuid });
    const hurry = new AbortController();
    const closed = agent.close(hurry.signal);
    await held.release('spawn');
    await held.begins('powerOff');
    hurry.abort();
    await closed;
    expect(agent.eventTypes).toContain('compute.instance.create.end');
    expect(agent.eventTypes).not.toContain('compute.instance.power_off.end');

    agent = await testAgent({ directory });
    await agent.notified('compute.instance.power_off.end', instance_uuid);
  });
});
