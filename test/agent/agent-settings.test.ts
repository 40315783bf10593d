import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { agentSettings, readAgentConfig } from '../../src/cli/agent-settings.ts';

const mistakes = (args: readonly string[], environment = {}) => {
  try {
    readAgentConfig(args, environment);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  throw new Error('it was accepted');
};

describe('the settings of an agent', () => {
  it('have defaults', () => {
    expect(readAgentConfig([], {})).toEqual({
      amqpUrl: 'amqp://guest:guest@127.0.0.1:5672',
      exchange: 'nova',
      declare: 'transient',
      host: hostname(),
      topics: ['compute', 'network', 'volume'],
      driver: 'fake',
      directory: `data/agent-${hostname()}`,
      cores: null,
      memory: null,
      disk: null,
      delayMs: 100,
      heartbeatSeconds: 10,
      drainMs: 30_000,
      logLevel: 'info',
    });
  });

  it('come from the command line, or else from the environment', () => {
    const environment = { OCCI_AGENT_HOST: 'node1', OCCI_AGENT_CORES: '4', OCCI_AMQP_DECLARE: 'quorum' };
    const config = readAgentConfig(['--cores', '8', '--memory=1.5', '--disk=100', '--topics=compute'], environment);
    expect(config).toMatchObject({
      host: 'node1',
      directory: 'data/agent-node1',
      cores: 8,
      memory: 1536,
      disk: 102_400,
      topics: ['compute'],
      declare: 'quorum',
    });
  });

  it('that are wrong are named one by one, and how they were given', () => {
    const args = [
      '--cores=many',
      '--memory=-1',
      '--topics=compute,image',
      '--declare=maybe',
      '--host=a b',
      '--driver=kvm',
    ];
    expect(
      mistakes([...args, '--heartbeat-seconds=0'], { OCCI_AGENT_DISK: '1GiB', OCCI_AGENT_DRAIN_MS: '1s' }),
    ).toEqual([
      '--declare=maybe: must be transient, durable, quorum, passive',
      '--host=a b: must be a host name',
      '--topics=compute,image: must be of compute,network,volume',
      '--driver=kvm: must be fake',
      '--cores=many: must be a whole number or none',
      '--memory=-1: must be a number of GiB or none',
      'OCCI_AGENT_DISK=1GiB: must be a number of GiB or none',
      '--heartbeat-seconds=0: must be from 1 to 3600',
      'OCCI_AGENT_DRAIN_MS=1s: must be a whole number',
    ]);
  });

  it('with a password in them are not shown', () => {
    expect(mistakes(['--amqp-url=http://me:secret@broker'])).toEqual(['--amqp-url: must be an amqp or amqps URL']);
  });

  it('that there are not are refused', () => {
    expect(mistakes(['--colour=red'])[0]).toContain("'--colour'");
    expect(mistakes(['node1'])[0]).toContain("'node1'");
  });

  it('have an option, a variable and a meaning of their own', () => {
    const all = Object.values(agentSettings);
    for (const of of ['option', 'variable', 'meaning'] as const) {
      expect(new Set(all.map((setting) => setting[of])).size).toBe(all.length);
    }
  });
});
