import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import type { Transport } from '../../src/messaging/transport.ts';
import { until } from '../http/until.ts';
import { type RabbitMq, startRabbitMq } from './lab/rabbitmq.ts';
import type { ServerProcess } from './lab/server-process.ts';
import { describeWith } from './lab/shared.ts';
import { startOcciAgent } from './occi-agent.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

/** The patterns that `docs/agent.md` tells operators to give the user of the agent of `node1`. */
async function documented() {
  const text = await readFile(new URL('../../docs/agent.md', import.meta.url), 'utf8');
  const [, section = ''] = /^rabbitmqctl set_permissions node1([\s\S]*?)^## /m.exec(text) ?? [];
  const [configure = '', write = '', read = '', configureLittle = ''] = [...section.matchAll(/'(.*?)'/g)].map(
    ([, pattern = '']) => pattern,
  );
  return { usual: [configure, write, read], passive: [configureLittle, write, read] };
}

describeWithRabbitMq('occi-agent with a user of its own', () => {
  let broker: RabbitMq;
  let directory: string;
  let transport: Transport;
  let agent: ServerProcess | undefined;
  beforeAll(async () => {
    broker = await startRabbitMq();
    directory = await mkdtemp(join(tmpdir(), 'occi-agent-'));
    transport = await openAmqpTransport({ url: broker.url });
    await broker.ctl('add_user', 'node1', 'secret');
    await broker.ctl('set_permissions', 'node1', ...(await documented()).usual);
  });
  afterAll(async () => {
    await agent?.stop();
    await transport?.close();
    await broker?.stop();
    await rm(directory, { recursive: true });
  });

  it('needs no more than the permissions that are documented', async () => {
    const heard: string[] = [];
    await transport.listen(({ event_type }) => void heard.push(event_type));
    const url = broker.url.replace('guest:guest', 'node1:secret');
    agent = await startOcciAgent({ url, host: 'node1', directory });
    const flavor = { name: 'small', vcpus: 1, memory_mb: 512, root_gb: 1 };
    const args = { instance_uuid: 'vm', flavor };
    const answer = await transport.call({ topic: 'compute' }, { method: 'run_instance', args }, { timeoutMs: 20_000 });
    expect(answer).toMatchObject({ host: 'node1' });
    await until(
      async () => heard,
      (types) => types.includes('agent.heartbeat') && types.includes('compute.instance.create.end'),
    );
    await transport.fanout('volume', { method: 'create_volume', args: { volume_id: 'vol', size: 1 } });
    await until(
      async () => heard,
      (types) => types.includes('volume.create.end'),
    );
    expect(agent.output()).not.toMatch(/ACCESS.REFUSED/);
    await agent.stop();
  });

  it('needs less where everything is declared already', async () => {
    await broker.ctl('set_permissions', 'node1', ...(await documented()).passive);
    const url = broker.url.replace('guest:guest', 'node1:secret');
    agent = await startOcciAgent({ url, host: 'node1', directory, options: { declare: 'passive' } });
    const target = { topic: 'compute', server: 'node1' };
    const answer = await transport.call(target, { method: 'list_instances', args: {} }, { timeoutMs: 20_000 });
    expect(answer).toMatchObject([{ uuid: 'vm' }]);
    expect(agent.output()).not.toMatch(/ACCESS.REFUSED/);
  });

  it('cannot pass for the agent of another host', async () => {
    const url = broker.url.replace('guest:guest', 'node1:secret');
    const other = await startOcciAgent({ url, host: 'node2', directory: join(directory, 'node2') });
    expect(other.output()).toMatch(/ACCESS.REFUSED/);
    await other.kill();
  });
});
