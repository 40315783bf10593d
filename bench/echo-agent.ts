/**
 * An agent that does nothing, in a process of its own: it echoes what a machine would be like, and tells of a beginning
 * and an end, with bare amqplib in the wire format of oslo.messaging. Besides, it echoes calls as they are.
 */
import { type ConsumeMessage, connect } from 'amqplib';
import { timestamp } from '../src/messaging/timestamp.ts';

const url = process.argv[2] as string;
const receiving = await (await connect(url, { noDelay: true })).createChannel();
const sending = await (await connect(url, { noDelay: true })).createConfirmChannel();
let last = 0;

const seal = (message: object): Buffer =>
  Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) }));

function publish(exchange: string, key: string, message: object): void {
  const properties = { contentType: 'application/json', contentEncoding: 'utf-8', persistent: true };
  sending.publish(exchange, key, seal({ ...message, _unique_id: String(++last) }), properties);
}

/** What comes of the methods that are called: the task that goes on meanwhile, and what it is called when it is told. */
const tasks: Readonly<Record<string, readonly [task: string, event: string]>> = {
  run_instance: ['spawning', 'create'],
  reboot_instance: ['rebooting_hard', 'reboot'],
};

function answer({ content }: ConsumeMessage): void {
  const { method, args, _msg_id, _reply_q } = JSON.parse(JSON.parse(content.toString())['oslo.message']);
  const reply = { _msg_id, ending: true };
  const task = tasks[method];
  if (task === undefined) {
    const failure = { class: 'NoSuchMethod', module: 'oslo_messaging.rpc.dispatcher', message: method };
    publish('', _reply_q, { ...reply, result: null, failure: JSON.stringify(failure) });
    return;
  }
  const [doing, event] = task;
  const uuid: string = args.instance_uuid;
  const flavor = { vcpus: 1, memory_mb: 1024 };
  const result = {
    uuid,
    host: 'echo',
    vm_state: 'active',
    task_state: doing,
    flavor,
    metadata: {},
    nics: [],
    volumes: [],
  };
  publish('', _reply_q, { ...reply, result, failure: null });
  for (const [stage, state_description] of [
    ['start', doing],
    ['end', ''],
  ]) {
    publish('nova', 'notifications.info', {
      message_id: `${process.pid} ${last}`,
      publisher_id: 'compute.echo',
      event_type: `compute.instance.${event}.${stage}`,
      priority: 'INFO',
      payload: { instance_id: uuid, host: 'echo', state: 'active', state_description, ...flavor },
      timestamp: timestamp(),
    });
  }
}

await receiving.assertExchange('nova', 'topic', { durable: false, autoDelete: false });
for (const queue of ['compute', 'compute.echo']) {
  await receiving.assertQueue(queue, { durable: false, autoDelete: false });
  await receiving.bindQueue(queue, 'nova', queue);
  await receiving.consume(queue, (message) => {
    if (message === null) return;
    receiving.ack(message);
    answer(message);
  });
}

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

process.send?.({});
process.on('disconnect', () => process.exit(0));
