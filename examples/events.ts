/**
 * Prints what happens to the entities of a gateway that was started with `OCCI_EVENTS_EXCHANGE=occi`, a line each. Run it
 * with `node examples/events.ts`; the queue keeps what happens while it is not running.
 */
import { pathToFileURL } from 'node:url';
import { openAmqpTransport, type Transport } from '../src/messaging/index.ts';

/** Listens to the changes of entities. @param print is given a line for each */
export async function printChanges(url: string, exchange: string, print: (line: string) => void): Promise<Transport> {
  const events = [{ queue: 'occi-events-example', keys: ['notifications.info'], maxLength: 10_000 }];
  const bus = await openAmqpTransport({ url, exchange, events });
  await bus.listen(({ event_type, payload }) => {
    const { location, revision, state = '-' } = payload;
    print(`${event_type} ${location} ${state} (revision ${revision})`);
  });
  return bus;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { OCCI_AMQP_URL = 'amqp://guest:guest@127.0.0.1:5672', OCCI_EVENTS_EXCHANGE = 'occi' } = process.env;
  const bus = await printChanges(OCCI_AMQP_URL, OCCI_EVENTS_EXCHANGE, console.log);
  process.on('SIGTERM', () => bus.close());
  process.on('SIGINT', () => bus.close());
}
