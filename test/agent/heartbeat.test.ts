import { afterEach, describe, expect, it, vi } from 'vitest';
import { testAgent } from './test-agent.ts';
import { HeldDriver, host, small, type Workshop } from './workshop.ts';

let agent: Workshop;
afterEach(async () => {
  vi.useRealTimers();
});

const states = () =>
  agent.notifications
    .filter(({ event_type }) => event_type === 'agent.heartbeat')
    .map(({ payload }) => payload['state']);

describe('the sign of life of an agent', () => {
  it('tells who it is, what it has and since when it runs', async () => {
    const limits = { vcpus: 8, memory_mb: null, disk_mb: 100 * 1024 };
    agent = await testAgent({ heartbeatSeconds: 10, limits });
    await agent.building();
    await agent.call('create_volume', { volume_id: 'vol', size: 2.5 });
    const { publisher_id, priority, payload } = await agent.notified('agent.heartbeat');
    expect({ publisher_id, priority }).toEqual({ publisher_id: `compute.${host}`, priority: 'SAMPLE' });
    const facts = { host, interval_seconds: 10, capacity: { vcpus: 8, memory_mb: null, disk_gb: 100 } };
    const none = { instances: 0, used: { vcpus: 0, memory_mb: 0, disk_gb: 0 } };
    expect(payload).toEqual({ ...facts, ...none, state: 'up', started_at: expect.any(String) });
    expect(new Date(String(payload['started_at'])).toJSON()).toBe(payload['started_at']);
    await agent.close();
    const last = agent.notifications.filter(({ event_type }) => event_type === 'agent.heartbeat').at(-1);
    const used = { vcpus: small.vcpus, memory_mb: small.memory_mb, disk_gb: small.root_gb + 2.5 };
    expect(last?.payload).toEqual({ ...payload, state: 'down', instances: 1, used });
  });

  it('comes at the start, then again and again, and has a last word', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    agent = await testAgent({ heartbeatSeconds: 3 });
    await agent.notified('agent.heartbeat');
    await vi.advanceTimersByTimeAsync(6000);
    await agent.notified('agent.heartbeat', undefined, 3);
    expect(states()).toEqual(['up', 'up', 'up']);
    await agent.close();
    expect(states()).toEqual(['up', 'up', 'up', 'draining', 'down']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says while it finishes its work that it takes no more', async () => {
    const held = new HeldDriver();
    agent = await testAgent({ heartbeatSeconds: 10, driver: held.driver });
    await agent.building();
    const closed = agent.close(new AbortController().signal);
    await agent.notified('agent.heartbeat', 'draining');
    await held.release('spawn');
    await closed;
    expect(agent.eventTypes.slice(-2)).toEqual(['compute.instance.create.end', 'agent.heartbeat']);
    expect(states()).toEqual(['up', 'draining', 'down']);
  });

  it('is not given where nobody has asked for it', async () => {
    agent = await testAgent();
    await agent.running();
    await agent.close();
    expect(states()).toEqual([]);
  });
});
