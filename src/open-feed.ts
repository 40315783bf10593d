import type { Config } from './config.ts';
import { changeFeed } from './gateway/change-feed.ts';
import type { Notification } from './messaging/message.ts';
import { openNotificationPublisher } from './messaging/notification-publisher.ts';
import type { Model } from './occi/model.ts';
import { type BackendSurroundings, brokerOf } from './open-backend.ts';
import type { ChangeSet } from './store/store.ts';

/** Publishes what is committed, when the configuration names an exchange for it. */
export interface Feed {
  readonly told: (changes: ChangeSet, revision: number) => void;
  close(): Promise<void>;
}

/** @throws Error when a certificate cannot be read; a broker that is away is no reason */
export async function openFeed(
  config: Config,
  { provider, model, metrics, log }: Omit<BackendSurroundings, 'model'> & { readonly model: () => Model },
): Promise<Feed | undefined> {
  if (config.eventsExchange === undefined) return undefined;
  const publisher = await openNotificationPublisher({
    ...brokerOf(config),
    exchange: config.eventsExchange,
    declare: config.amqpDeclare,
    onPublished: metrics.onPublished,
    log,
  });
  const notify = (notification: Notification) => void publisher.notify(notification);
  return {
    told: changeFeed({ provider, model, prefix: config.prefix, notify }),
    close: () => publisher.close(),
  };
}
