import { locationOf } from './location.ts';
import { entityIn, type RemoteEntity } from './remote-entity.ts';
import type { Session } from './session.ts';

/** What the server shows of an entity. @throws ClientError `refused` with the status 404 when there is none */
export async function describe(session: Session, url: string): Promise<RemoteEntity> {
  const location = locationOf(session.space, url);
  return entityIn(session, location, await session.call({ method: 'GET', location }));
}
