/**
 * The agents of the baselines, in a process of their own. One echoes calls with nothing else; the other one echoes them
 * as an agent answers: acknowledged, confirmed, and with two notifications, of a beginning and an end.
 */
import { connect } from 'amqplib';

const url = process.argv[2] as string;
const receiving = await (await connect(url, { noDelay: true })).createChannel();
const sending = await (await connect(url, { noDelay: true })).createConfirmChannel();

await receiving.assertQueue('bench-echo', { durable: false });
await receiving.consume(
  'bench-echo',
  (message) => {
    if (message === null) return;
    const { replyTo, correlationId } = message.properties as { replyTo: string; correlationId: string };
    receiving.publish('', replyTo, message.content, { correlationId });
  },
  { noAck: true },
);

await receiving.assertQueue('bench-agent', { durable: false });
await receiving.assertQueue('bench-events', { durable: true });
await receiving.consume('bench-agent', (message) => {
  if (message === null) return;
  receiving.ack(message);
  const { replyTo, correlationId } = message.properties as { replyTo: string; correlationId: string };
  sending.publish('', replyTo, message.content, { correlationId, mandatory: true, persistent: true });
  for (let told = 0; told < 2; told++) sending.publish('', 'bench-events', message.content, { persistent: true });
});

process.send?.({});
process.on('disconnect', () => process.exit(0));
