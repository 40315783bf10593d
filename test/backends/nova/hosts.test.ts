import { beforeEach, describe, expect, it } from 'vitest';
import { Hosts } from '../../../src/backends/nova/hosts.ts';
import type { Notification } from '../../../src/messaging/message.ts';

let now: number;
let hosts: Hosts;
let returns: number;
beforeEach(() => {
  now = Date.UTC(2026, 10, 21);
  returns = 0;
  hosts = new Hosts({ timeoutMs: 30_000, now: () => now });
  hosts.onReturn(() => {
    returns += 1;
  });
});

const notification = (event_type: string, publisher_id: string, payload: Notification['payload']): Notification => ({
  message_id: 'm',
  publisher_id,
  event_type,
  priority: 'INFO',
  payload,
  timestamp: '2026-11-21 00:00:00.000000',
});
const beat = (host: string, state: string, more = {}) =>
  hosts.notice(notification('agent.heartbeat', `compute.${host}`, { host, state, ...more }));

describe('hosts of agents', () => {
  it('are known from whatever they say', () => {
    beat('node1', 'up', { instances: 3, capacity: { vcpus: 8, memory_mb: 1024, disk_gb: null } });
    hosts.notice(notification('network.create.end', 'network.node2', {}));
    hosts.notice(notification('compute.instance.create.end', 'compute.x', { host: 'node3' }));
    hosts.notice(notification('image.create', 'image.localhost', {}));
    hosts.answered('node4');
    expect(hosts.list().map(({ host, state }) => [host, state])).toEqual([
      ['node1', 'up'],
      ['node2', 'up'],
      ['node3', 'up'],
      ['node4', 'up'],
    ]);
    expect(hosts.list()[0]).toMatchObject({ lastSeen: new Date(now), load: { instances: 3, capacity: { vcpus: 8 } } });
    expect(() => beat('node1', 'dancing')).toThrow();
  });

  it('are silent when their heartbeats stop, and since when is told', () => {
    beat('node1', 'up');
    const since = new Date(now);
    now += 30_000;
    expect([hosts.alive(), hosts.silentSince('node1')]).toEqual([['node1'], undefined]);
    now += 1;
    expect([hosts.alive(), hosts.silentSince('node1')]).toEqual([[], since]);
    expect(hosts.list()).toMatchObject([{ state: 'silent', lastSeen: since }]);
    beat('node1', 'up');
    expect([hosts.alive(), hosts.silentSince('node1')]).toEqual([['node1'], undefined]);
  });

  it('that send no heartbeats are silent only when they were asked in vain', () => {
    hosts.answered('python');
    now += 90_000;
    expect(hosts.alive()).toEqual(['python']);
    hosts.missed('python');
    expect([hosts.alive(), hosts.isAway('python')]).toEqual([[], true]);
    hosts.answered('python');
    expect(hosts.alive()).toEqual(['python']);
  });

  it('that are only in the record have their time from then on', () => {
    hosts.expect('node1');
    hosts.missed('node1');
    expect(hosts.isAway('node1')).toBe(false);
    now += 30_001;
    expect(hosts.silentSince('node1')).toEqual(new Date(now - 30_001));
    expect(hosts.list()[0]).not.toHaveProperty('lastSeen');
    expect(hosts.isAway('nobody')).toBe(false);
  });

  it('that say that they are down are away at once, and back when they answer', () => {
    beat('node1', 'draining');
    expect([hosts.alive(), hosts.accepting()]).toEqual([['node1'], []]);
    beat('node1', 'down');
    expect([hosts.alive(), hosts.isAway('node1'), hosts.silentSince('node1')]).toEqual([[], true, undefined]);
    hosts.answered('node1');
    expect(hosts.accepting()).toEqual(['node1']);
  });

  it('have their full time again after nothing could be heard', () => {
    beat('node1', 'up');
    now += 60_000;
    hosts.forgive();
    expect(hosts.alive()).toEqual(['node1']);
    now += 30_001;
    expect(hosts.alive()).toEqual([]);
  });

  it('are announced when they appear, return, or were started again', () => {
    beat('node1', 'up', { started_at: '1' });
    beat('node1', 'up', { started_at: '1' });
    expect(returns).toBe(1);
    beat('node1', 'up', { started_at: '2' });
    expect(returns).toBe(2);
    now += 30_001;
    beat('node1', 'up', { started_at: '2' });
    expect(returns).toBe(3);
    beat('node1', 'down', { started_at: '2' });
    beat('node1', 'down', { started_at: '2' });
    expect(returns).toBe(3);
  });
});
