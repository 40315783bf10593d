import type { Writable } from 'node:stream';
import { type ChannelModel, connect, credentials, type RecoveringChannelModel } from 'amqplib';
import { joinWrites } from './join-writes.ts';
import { type AmqpOptions, amqpDefaults, shownUrl } from './options.ts';

/**
 * A connection that is there again after it was lost, however often. The first attempt is made once who asked has had
 * the time to attach its listeners.
 *
 * @param purpose what it is for, as the broker's management tools and the log show it
 * @throws Error when the URL or the certificates cannot be used
 */
export async function openConnection(options: AmqpOptions, purpose: string): Promise<RecoveringChannelModel> {
  const { url, tls = {}, name, heartbeatSeconds, reconnect, log } = { ...amqpDefaults, ...options };
  const target = new URL(url);
  if (!/^amqps?:$/.test(target.protocol)) throw new Error(`${shownUrl(url)} is no URL of a broker: amqp: or amqps:`);
  if (!target.searchParams.has('heartbeat')) target.searchParams.set('heartbeat', String(heartbeatSeconds));
  const connection = await connect(target.href, {
    ...tls,
    ...(target.username === '' && tls.cert !== undefined ? { credentials: credentials.external() } : {}),
    noDelay: true,
    keepAlive: true,
    clientProperties: { connection_name: `${name} ${purpose}` },
    recovery: {
      initialDelay: reconnect.firstMs,
      maxDelay: reconnect.mostMs,
      waitForConnect: false,
      setup: async (model: ChannelModel) => joinWrites(streamOf(model)),
    },
  });
  const where = { url: shownUrl(url), purpose };
  let isAway = false;
  const away = (message: string) => (error: Error) => {
    // Once for each time it is away, not for each attempt.
    if (!isAway) log(message, { ...where, error: error.message });
    isAway = true;
  };
  connection.on('connect-failed', away('the broker cannot be reached, will try again'));
  connection.on('disconnect', away('the connection to the broker was lost, will try again'));
  connection.on('connect', () => {
    if (isAway) log('the broker is there again', where);
    isAway = false;
  });
  connection.on('blocked', (reason) => log('the broker takes nothing at the moment', { ...where, reason }));
  connection.on('unblocked', () => log('the broker takes messages again', where));
  // Whoever is affected learns it from its channel.
  connection.on('error', () => {});
  return connection;
}

/** The socket of a connection. amqplib has it without saying so in its types. */
function streamOf({ connection }: ChannelModel): Writable {
  return (connection as unknown as { readonly stream: Writable }).stream;
}
