import { connect } from 'amqplib';
import { beforeAll, expect, it } from 'vitest';
import { describeWith, sharedRabbitMq } from './lab/shared.ts';

const describeWithRabbitMq = await describeWith('rabbitmq-server');

describeWithRabbitMq('The shared broker', () => {
  let url: string;
  beforeAll(async () => {
    url = await sharedRabbitMq();
  });
  it('is there', async () => {
    const c = await connect(url);
    await c.close();
    expect(url).toMatch(/^amqp:/);
  });
});
