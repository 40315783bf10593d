import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { until } from '../http/until.ts';
import { temporaryDirectory } from '../server/command.ts';
import { type Cloud, startCloud } from './cloud.ts';
import type { ServerProcess } from './lab/server-process.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';
import { startOcciAgent } from './occi-agent.ts';
import { startPythonAgent } from './python/agent.ts';
import { pythonPackages } from './python/python-process.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server', ...pythonPackages);

/** An agent of somebody else's, with the same command set, to be tried as well. */
const foreign = process.env['OCCI_TEST_FOREIGN_AGENT'];

type Start = (place: {
  readonly url: string;
  readonly host: string;
  readonly directory: string;
}) => Promise<ServerProcess>;

const kinds: Readonly<Record<string, Start>> = {
  'occi-agent': (place) => startOcciAgent(place),
  'an agent in Python': ({ url, host }) => startPythonAgent({ url, host }),
  ...(foreign === undefined
    ? {}
    : { 'a foreign agent': ({ url, host }) => startPythonAgent({ url, host, program: foreign }) }),
};

describeWithRabbitMq.each(Object.entries(kinds))('the gateway with %s', (_, start) => {
  const directory = temporaryDirectory();
  let agent: ServerProcess;
  let cloud: Cloud;
  beforeAll(async () => {
    const url = await sharedRabbitMq();
    agent = await start({ url, host: 'node1', directory: `${directory.path}/agent` });
    cloud = await startCloud(`${directory.path}/gateway`, url);
    await cloud.ready();
  });
  afterAll(async () => {
    await cloud?.gateway.stop();
    await agent?.stop();
    directory.remove();
  });

  it('creates a machine, stops, starts, restarts, suspends and resumes it, and deletes it', async () => {
    const machine = await cloud.create('compute', {
      title: 'ünïcödé',
      attributes: { 'occi.compute.cores': 2, 'occi.compute.memory': 2 },
    });
    await cloud.reach(machine, 'active');
    for (const [action, parameters, state] of [
      ['stop', { method: 'graceful' }, 'inactive'],
      ['start', {}, 'active'],
      ['restart', { method: 'cold' }, 'active'],
      ['suspend', { method: 'suspend' }, 'suspended'],
      ['start', {}, 'active'],
    ] as const) {
      const answer = await cloud.act(machine, action, parameters);
      expect(answer.status, `${action}: ${answer.text}`).toBe(200);
      await cloud.reach(machine, state);
    }
    expect((await cloud.act(machine, 'suspend', { method: 'suspend' })).status).toBe(200);
    await cloud.reach(machine, 'suspended');
    expect((await cloud.act(machine, 'restart', { method: 'warm' })).status).toBe(409);
    await cloud.remove(machine);
    expect((await cloud.request('GET', machine)).status).toBe(404);
  });

  it('changes the size of a machine and saves it as a template', async () => {
    const machine = await cloud.create('compute');
    await cloud.reach(machine, 'active');
    const update = await cloud.request('POST', machine, { attributes: { 'occi.compute.memory': 4 } });
    expect(update.status, update.text).toBe(200);
    const { attributes } = await cloud.reach(machine, 'active');
    expect(attributes).toMatchObject({ 'occi.compute.memory': 4, 'occi.compute.cores': 1 });
    const saved = await cloud.act(machine, 'save', { name: 'a copy', method: 'hot' });
    expect(saved.status, saved.text).toBe(200);
    await cloud.remove(machine);
  });

  it('links machines with networks and storage', async () => {
    const machine = await cloud.create('compute');
    const network = await cloud.create('network', { title: 'net' });
    const storage = await cloud.create('storage', { attributes: { 'occi.storage.size': 1 } });
    await cloud.reach(machine, 'active');
    await cloud.reach(network, 'active');
    await cloud.reach(storage, 'online');
    const nic = await cloud.link('networkinterface', machine, network);
    const disk = await cloud.link('storagelink', machine, storage);
    expect((await cloud.reach(nic, 'active')).attributes).toMatchObject({
      'occi.networkinterface.mac': expect.stringMatching(/^[0-9a-f:]{17}$/i),
      'occi.networkinterface.interface': 'eth0',
    });
    expect((await cloud.reach(disk, 'active')).attributes).toMatchObject({ 'occi.storagelink.deviceid': '/dev/vdb' });
    await cloud.remove(disk);
    await cloud.remove(nic);
    await cloud.remove(machine);
    await cloud.remove(storage);
    await cloud.remove(network);
    expect((await cloud.request('GET', '/compute/')).json()).not.toHaveProperty('resources.0');
  });

  it('refuses what agents refuse, and nothing is left', async () => {
    const huge = {
      kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
      attributes: { 'occi.compute.memory': 1e7 },
    };
    const refused = await cloud.request('POST', '/compute/', huge);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[0-9]+$/)]);
    expect((await cloud.request('GET', '/compute/')).json()).not.toHaveProperty('resources.0');
  });
});

describeWithRabbitMq('the gateway and an agent that comes and goes', () => {
  const directory = temporaryDirectory();
  const open: { stop(): Promise<unknown> }[] = [];
  afterAll(async () => {
    for (const one of open) await one.stop();
    directory.remove();
  });

  it('tells who lives, what is wrong with the machines of one that is gone, and when all is well again', async () => {
    const url = await sharedRabbitMq();
    const place = { url, host: 'node1', directory: `${directory.path}/agent`, options: { cores: '8' } };
    const agent = await startOcciAgent(place);
    const cloud = await startCloud(`${directory.path}/gateway`, url, {
      OCCI_AGENT_TIMEOUT: '2',
      OCCI_BACKEND_TIMEOUT_MS: '2000',
    });
    open.push(cloud.gateway);
    await cloud.ready();
    const metrics = async () => (await fetch(cloud.gateway.metricsUrl)).text();
    const told = (line: string) => until(metrics, (text) => text.split('\n').includes(line));
    const machine = await cloud.create('compute');
    await cloud.reach(machine, 'active');
    await told('occi_agent_up{host="node1",state="up"} 1');
    await told('occi_agent_instances{host="node1"} 1');
    await told('occi_agent_capacity{host="node1",resource="vcpus"} 8');
    await told('occi_agent_used{host="node1",resource="memory_bytes"} 1073741824');
    await told('occi_broker_connected 1');
    await told('occi_outbox_commands 0');
    expect(await metrics()).toMatch(/^occi_broker_published_total [1-9]/m);
    expect(await metrics()).toMatch(/^occi_rpc_duration_seconds_count\{topic="compute",outcome="answered"\} [1-9]/m);

    await agent.kill();
    const { attributes } = await untilLong(
      () => cloud.read(machine),
      (shown) => shown.attributes['occi.compute.state'] === 'error',
    );
    expect(attributes['occi.compute.state.message']).toMatch(/^agent node1 has not been heard of since 20\S+Z$/);
    await told('occi_agent_up{host="node1",state="silent"} 0');
    expect((await cloud.request('GET', '/readyz')).status).toBe(503);
    const refused = await cloud.request('POST', '/compute/', {
      kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
    });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[0-9]+$/)]);

    open.push(await startOcciAgent(place));
    await untilLong(
      () => cloud.read(machine),
      (shown) => shown.attributes['occi.compute.state'] === 'active',
    );
    await told('occi_agent_up{host="node1",state="up"} 1');
  });
});

/** For what takes as long as an agent may be silent. */
async function untilLong<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
    await delay(50);
  }
}

describeWithRabbitMq('the gateway without', () => {
  const directory = temporaryDirectory();
  const open: { stop(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.stop();
    directory.remove();
  });

  it('an agent is not ready, answers a creation with 503 and Retry-After, and stores nothing', async () => {
    const cloud = await startCloud(directory.path, await sharedRabbitMq());
    open.push(cloud.gateway);
    const ready = await cloud.request('GET', '/readyz');
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('no compute agent answers')]);
    const answer = await cloud.request('POST', '/compute/', {
      kind: 'http://schemas.ogf.org/occi/infrastructure#compute',
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[0-9]+$/)]);
    expect((await cloud.request('GET', '/compute/')).json()).not.toHaveProperty('resources.0');
  });

  it('a broker starts, serves its record, says so in readiness, and answers a creation with 503', async () => {
    const cloud = await startCloud(directory.path, 'amqp://guest:secret@127.0.0.1:1');
    open.push(cloud.gateway);
    const ready = await cloud.request('GET', '/readyz');
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('the message broker is away')]);
    expect((await cloud.request('GET', '/-/')).status).toBe(200);
    const answer = await cloud.request('POST', '/network/', {
      kind: 'http://schemas.ogf.org/occi/infrastructure#network',
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[0-9]+$/)]);
    expect((await cloud.request('GET', '/network/')).json()).not.toHaveProperty('resources.0');
    expect(JSON.stringify(cloud.gateway.log())).not.toContain('secret');
  });
});
