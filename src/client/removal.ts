import { ClientError } from './client-error.ts';
import { collectionAt, fieldsOfFilter, type MemberFilter } from './collection.ts';
import { locationOf } from './location.ts';
import type { Session } from './session.ts';

/**
 * Deletes an entity; of a resource, with its links.
 *
 * @throws ClientError `not-offered` for the URL of a collection: see {@link removeAll}
 */
export async function remove(session: Session, url: string): Promise<void> {
  const location = locationOf(session.space, url);
  if (location.endsWith('/') || session.catalogue.find(location) !== undefined) {
    const advice = 'say that all of its members are to be deleted';
    throw new ClientError('not-offered', `${url} is a collection`, { advice });
  }
  await session.call({ method: 'DELETE', location });
}

/**
 * Deletes the members of the collection of a kind, all of them or those that are meant.
 *
 * @throws ClientError `not-offered` for collections of mixins, whose members some servers delete and others let go
 */
export async function removeAll(session: Session, target: string, filter?: MemberFilter): Promise<void> {
  const location = collectionAt(session, target);
  const mixin = session.catalogue.find(location, 'mixin');
  if (mixin !== undefined) {
    const advice = 'untag its members, or delete them one by one';
    throw new ClientError('not-offered', `${mixin.id} is a mixin`, { advice });
  }
  await session.call({ method: 'DELETE', location, fields: fieldsOfFilter(session, filter) });
}
