import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Json, Notification } from '../messaging/message.ts';
import { timestamp } from '../messaging/timestamp.ts';
import { type Entity, idOf } from '../occi/entity.ts';
import type { Model } from '../occi/model.ts';
import { occiJson } from '../renderers/occi-json.ts';
import type { ChangeSet } from '../store/store.ts';
import { applicable, stateOf } from './lifecycle.ts';

/** The version of the payload: the minor one grows with members that are added, the major one with anything else. */
const version = '1.0';

/** What a change feed is made of. */
export interface ChangeFeedOptions {
  /** The identity of the provider. */
  readonly provider: string;
  /** The model as it is now. */
  readonly model: () => Model;
  /** The mount prefix, which stands in front of the paths of links' ends. */
  readonly prefix: string;
  readonly notify: (notification: Notification) => void;
}

type Change = 'create' | 'update' | 'delete';

/**
 * Tells the world what has happened to entities: a notification `occi.<kind>.<change>` for each, with its rendering in
 * OCCI JSON (GFD.226). Links are entities of their own, and are not in the rendering of the resource they start at.
 *
 * @returns takes what was committed
 */
export function changeFeed(options: ChangeFeedOptions): (changes: ChangeSet, revision: number) => void {
  const publisher_id = `occi-gateway.${hostname()}`;
  return ({ create = [], update = [], remove = [] }, revision) => {
    const tell = (change: Change, entities: readonly Entity[]): void => {
      for (const entity of entities) {
        options.notify({
          message_id: randomUUID(),
          publisher_id,
          event_type: `occi.${options.model().kind(entity.kind)?.term ?? 'entity'}.${change}`,
          priority: 'INFO',
          payload: payloadOf(entity, revision, options),
          timestamp: timestamp(),
        });
      }
    };
    tell('create', create);
    tell('update', update);
    tell('delete', remove);
  };
}

function payloadOf(entity: Entity, revision: number, options: ChangeFeedOptions): Notification['payload'] {
  const model = options.model();
  const lifecycle = model.lifecycleOf(entity.kind);
  const space = { origin: '', prefix: options.prefix };
  const context = { space, model, applicable: (one: Entity) => applicable(model, one) };
  const { body } = occiJson.entity({ entity, links: [] }, context, 'application/occi+json');
  return {
    version,
    provider: options.provider,
    kind: entity.kind,
    id: idOf(entity),
    location: options.prefix + entity.location,
    revision,
    ...(lifecycle === undefined ? {} : { state: stateOf(entity, lifecycle) }),
    entity: JSON.parse(body as string) as Json,
  } as Notification['payload'];
}
