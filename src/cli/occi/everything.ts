import { type Catalogue, type Client, ClientError, type ListOptions, type RemoteEntity } from '../../client/index.ts';
import { entityKind, linkKind, resourceKind } from '../../occi/kind.ts';

const abstract: readonly string[] = [entityKind, resourceKind, linkKind];

/** The URLs of everything there is. */
export async function everyUrl(client: Client, options: ListOptions = {}): Promise<readonly string[]> {
  const found = await ofEach(client.catalogue, (location) => client.list(location, options));
  return [...new Set(found)];
}

/** Everything there is. */
export async function everyEntity(client: Client, options: ListOptions = {}): Promise<readonly RemoteEntity[]> {
  const found = await ofEach(client.catalogue, (location) => client.entities(location, options));
  return [...new Map(found.map((entity) => [entity.url, entity])).values()];
}

/**
 * What the collections of all kinds hold together, since not all servers list the root. Those of the core would hold the
 * same once more.
 */
async function ofEach<T>({ kinds }: Catalogue, members: (location: string) => Promise<readonly T[]>): Promise<T[]> {
  const own = kinds.filter(({ id }) => !abstract.includes(id));
  const locations = [...new Set(own.map(({ location }) => location).filter((one) => one !== undefined))];
  const found = await Promise.all(locations.map((location) => members(location).catch(noneIfNotServed)));
  return found.flat();
}

/** Some servers have kinds whose collections they do not serve. */
function noneIfNotServed(error: unknown): readonly never[] {
  const isNotServed = error instanceof ClientError && [404, 405, 501].includes(error.details.status ?? 0);
  if (!isNotServed) throw error;
  return [];
}
