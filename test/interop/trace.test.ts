import { expect, it } from 'vitest';
import { openAmqpTransport } from '../../src/messaging/amqp-transport.ts';
import { temporaryDirectory } from '../server/command.ts';
import { startCloud } from './cloud.ts';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

describeWithRabbitMq('a request that is part of a trace', () => {
  it('hands it on to the agent; what is no trace is left behind', async () => {
    const url = await sharedRabbitMq();
    const directory = temporaryDirectory();
    const agent = await openAmqpTransport({ url });
    const traces: (string | undefined)[] = [];
    await agent.serve({ topic: 'network', server: 'node1' }, async ({ args, method }, { traceparent }) => {
      if (method === 'create_network') traces.push(traceparent);
      return { id: args['network_id'] ?? null, label: null, vlan: null, admin_state_up: true, status: 'ACTIVE' };
    });
    const cloud = await startCloud(directory.path, url);
    const network = { kind: 'http://schemas.ogf.org/occi/infrastructure#network' };
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    for (const sent of [traceparent, 'rubbish']) {
      const answer = await cloud.request('POST', '/network/', network, { traceparent: sent });
      expect(answer.status, answer.text).toBe(201);
    }
    expect(traces).toEqual([traceparent, undefined]);
    await cloud.gateway.stop();
    await agent.close();
    directory.remove();
  });
});
