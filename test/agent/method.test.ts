import { beforeEach, describe, expect, it } from 'vitest';
import { testAgent } from './test-agent.ts';
import type { Workshop } from './workshop.ts';

let agent: Workshop;
beforeEach(async () => {
  agent = await testAgent();
});

describe('requests an agent cannot dispatch', () => {
  it('with a method it does not have fail with NoSuchMethod', async () => {
    for (const method of ['format_disk', '_private', 'toString', 'constructor']) {
      expect(await agent.refusal(method, {})).toEqual({
        class: 'NoSuchMethod',
        module: 'oslo_messaging.rpc.dispatcher',
        message: `Endpoint does not support RPC method ${method}`,
        tb: [],
        args: [`Endpoint does not support RPC method ${method}`],
        kwargs: {},
      });
    }
  });

  it('of another version or in a namespace fail with UnsupportedVersion', async () => {
    for (const more of [{ version: '2.0' }, { version: '1.1' }, { namespace: 'admin' }]) {
      const failure = await agent.refusal('list_instances', {}, more);
      expect(failure).toMatchObject({ class: 'UnsupportedVersion', module: 'oslo_messaging.rpc.dispatcher' });
    }
  });

  it('without a version count as 1.0', async () => {
    const request = { method: 'list_instances', args: {}, namespace: null };
    expect(await agent.transport.call({ topic: 'compute' }, request, { timeoutMs: 60_000 })).toEqual([]);
  });

  it('with arguments that are unknown, missing or wrong fail with TypeError, naming them', async () => {
    const unknown = await agent.refusal('get_instance', { instance_uuid: 'a', colour: 'red' });
    expect(unknown).toMatchObject({ class: 'TypeError', module: 'builtins', kwargs: {} });
    expect(unknown.message).toMatch(/^get_instance\(\): .*"colour"/);
    expect((await agent.refusal('get_instance', {})).message).toContain('instance_uuid');
    expect((await agent.refusal('get_instance', { instance_uuid: 5 })).class).toBe('TypeError');
    const flavor = { name: 'odd', vcpus: 0, memory_mb: 1, root_gb: 1 };
    expect((await agent.refusal('run_instance', { instance_uuid: 'a', flavor })).message).toContain('flavor.vcpus');
    expect((await agent.refusal('create_volume', { volume_id: 'a', size: 0 })).message).toContain('size');
    expect((await agent.refusal('create_network', { network_id: 'a', vlan: 4096 })).message).toContain('vlan');
  });
});
