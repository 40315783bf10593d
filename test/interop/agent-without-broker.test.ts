import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import type { Notification } from '../../src/messaging/message.ts';
import { type RabbitMq, startRabbitMq } from './lab/rabbitmq.ts';
import { describeWith } from './lab/shared.ts';
import { startOcciAgent } from './occi-agent.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

const flavor = { name: 'small', vcpus: 1, memory_mb: 512, root_gb: 1 };
const soon = { timeoutMs: 20_000 };

describeWithRabbitMq('occi-agent while the broker is away', () => {
  let broker: RabbitMq;
  let directory: string;
  beforeAll(async () => {
    broker = await startRabbitMq();
    directory = await mkdtemp(join(tmpdir(), 'occi-agent-'));
  });
  afterAll(async () => {
    await broker?.stop();
    await rm(directory, { recursive: true });
  });

  it('goes on, can be ended and started, and is there when the broker is', async () => {
    const { url } = broker;
    const options = { 'delay-ms': '3600000', 'drain-ms': '0' };
    const first = await startOcciAgent({ url, host: 'node1', directory, options });
    const client = await openAmqpTransport({ url });
    const args = { instance_uuid: 'vm', flavor };
    await client.call({ topic: 'compute' }, { method: 'run_instance', args }, soon);
    await client.close();
    await broker.kill();
    process.kill(first.pid, 'SIGTERM');
    expect(await first.ended).toBe(0);

    const starting = startOcciAgent({ url, host: 'node1', directory });
    await broker.start();
    const second = await starting;
    const transport = await openAmqpTransport({ url });
    const beat = await new Promise<Notification>((resolve) => {
      void transport.listen((notification) => {
        if (notification.event_type === 'agent.heartbeat') resolve(notification);
      });
    });
    expect(beat.payload).toMatchObject({ host: 'node1', state: 'up', instances: 1 });
    const answer = await transport.call(
      { topic: 'compute', server: 'node1' },
      { method: 'get_instance', args: { instance_uuid: 'vm' } },
      soon,
    );
    expect(answer).toMatchObject({ vm_state: 'active' });
    await transport.close();
    await second.stop();
    expect(await second.ended).toBe(0);
  });
});
