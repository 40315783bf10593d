import { absolute } from '../occi/name-space.ts';
import { locationsIn } from './answer.ts';
import { ClientError } from './client-error.ts';
import { collectionAt, fieldsOfFilter, type MemberFilter } from './collection.ts';
import { describe } from './description.ts';
import { inParallel } from './in-parallel.ts';
import { locationOf } from './location.ts';
import { entitiesIn, locationOfDraft, type RemoteEntity } from './remote-entity.ts';
import type { Answer, Call, Session } from './session.ts';

/** Which part of a collection is wanted. */
export interface ListOptions {
  readonly filter?: MemberFilter;
  /** Which page, from 1. Servers that know no pages give everything. */
  readonly page?: number;
  /** How many entities make a page. */
  readonly number?: number;
}

/** The URLs of the members of a collection; each once, whatever the server repeats. */
export async function list(session: Session, target: string, options: ListOptions = {}): Promise<readonly string[]> {
  const { space } = session;
  const wanted = callFor(session, target, options);
  const { exchange, content } = await askForList(session, wanted);
  const named = content.drafts.map((draft) => locationOfDraft(session, draft));
  const places = [...locationsIn(exchange, content).map((one) => locationOf(space, one)), ...named];
  return [...new Set(places.filter((one) => one !== undefined))].map((location) => absolute(space, location));
}

/** The members in pages, until there are no more. */
export async function* pages(
  session: Session,
  target: string,
  options: Omit<ListOptions, 'page'> & { readonly number: number },
): AsyncGenerator<readonly string[]> {
  const seen = new Set<string>();
  for (let page = 1; ; page++) {
    const urls = await list(session, target, { ...options, page });
    // A server that knows no pages gives the same again and again.
    const fresh = urls.filter((url) => !seen.has(url));
    if (fresh.length > 0) yield fresh;
    if (urls.length !== options.number || fresh.length === 0) return;
    for (const url of fresh) seen.add(url);
  }
}

/** How many entities are read at the same time, where they have to be read one by one. */
const atOnce = 8;

/**
 * The members in full: as the listing itself shows them, or one by one where it does not, or does not say which of them
 * is where. What is gone by then is left out.
 */
export async function entities(
  session: Session,
  target: string,
  options: ListOptions = {},
): Promise<readonly RemoteEntity[]> {
  const shown = new Map<string, RemoteEntity>();
  if (session.rendering.includes('json')) {
    const { content } = await session.call(callFor(session, target, options));
    for (const entity of entitiesIn(session, content)) shown.set(entity.url, entity);
  }
  const urls = await list(session, target, options);
  const found = await inParallel(urls, atOnce, async (url) => {
    return shown.get(url) ?? (await describe(session, url).catch(noneIfGone));
  });
  return found.filter((entity) => entity !== undefined);
}

function callFor(session: Session, target: string, { filter, page, number }: ListOptions): Call {
  const query = Object.entries({ page, number }).filter(([, value]) => value !== undefined);
  return {
    method: 'GET',
    location: collectionAt(session, target),
    fields: fieldsOfFilter(session, filter),
    ...(query.length === 0 ? {} : { query: query.map(([name, value]) => `${name}=${value}`).join('&') }),
  };
}

/** JSON does not say where entities are, so a list of URLs is asked for; not all servers have one. */
async function askForList(session: Session, wanted: Call): Promise<Answer> {
  if (!session.rendering.includes('json')) return session.call(wanted);
  try {
    return await session.call({ ...wanted, accept: 'text/uri-list' });
  } catch (error) {
    if (error instanceof ClientError && [400, 406, 501].includes(error.details.status ?? 0))
      return session.call(wanted);
    throw error;
  }
}

function noneIfGone(error: unknown): undefined {
  const isGone = error instanceof ClientError && (error.details.status === 404 || error.details.status === 410);
  if (!isGone) throw error;
}
