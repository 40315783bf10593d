/** The baseline of the agents: a bare amqplib server that sends back what it is sent, in a process of its own. */
import { connect } from 'amqplib';

const connection = await connect(process.argv[2] as string, { noDelay: true });
const channel = await connection.createChannel();
await channel.assertQueue('bench-echo', { durable: false });
await channel.consume(
  'bench-echo',
  (message) => {
    if (message === null) return;
    const { replyTo, correlationId } = message.properties as { replyTo: string; correlationId: string };
    channel.publish('', replyTo, message.content, { correlationId });
  },
  { noAck: true },
);
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
