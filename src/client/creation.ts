import type { Attributes } from '../occi/attribute.ts';
import { core, uuidOf } from '../occi/entity.ts';
import { absolute } from '../occi/name-space.ts';
import { locationsIn } from './answer.ts';
import { ClientError } from './client-error.ts';
import { locationOfOffer } from './collection.ts';
import { linkKindFor, resourceEnd } from './link-ends.ts';
import { locationOf } from './location.ts';
import { locationOfDraft } from './remote-entity.ts';
import type { Answer, Session } from './session.ts';
import { type Wording, worded } from './wording.ts';

/** An entity that is to be. */
export interface Creation extends Wording {
  readonly kind: string;
  /** The path it is to have, for servers that leave that to clients; without it, the server chooses. */
  readonly at?: string;
}

/**
 * Creates an entity, with the links that are to start at it.
 *
 * @returns its URL
 * @throws ClientError `unreadable` when it is created, and the server does not say where
 */
export async function create(session: Session, creation: Creation): Promise<string> {
  const { space, catalogue } = session;
  const kind = catalogue.resolve(creation.kind, 'kind');
  const content = worded(session, creation);
  if (creation.at !== undefined) {
    const location = locationOf(space, creation.at);
    await session.call({ method: 'PUT', location, content, repeatable: true });
    return absolute(space, location);
  }
  const answer = await session.call({
    method: 'POST',
    location: locationOfOffer(kind),
    content,
    repeatable: isIdempotent(session, creation.attributes),
  });
  return absolute(space, locationOfCreated(session, answer));
}

/** A link between two resources. */
export interface LinkCreation {
  /** Without one, the kind that leads to what is at the target. */
  readonly kind?: string;
  readonly mixins?: readonly string[];
  readonly attributes?: Attributes;
}

/** Links a resource to another one. @returns the URL of the link */
export async function link(
  session: Session,
  source: string,
  target: string,
  creation: LinkCreation = {},
): Promise<string> {
  const kind = creation.kind ?? linkKindFor(session.catalogue, resourceEnd(session, target)).id;
  const ends = { [core.source]: source, [core.target]: target };
  return create(session, { ...creation, kind, attributes: { ...creation.attributes, ...ends } });
}

/**
 * Whether a creation may be repeated when nobody knows what became of it. With an id of the client's own it may, at
 * servers that make nothing new of the same id; that is known of this gateway, while others ignore the id.
 */
function isIdempotent({ catalogue }: Session, attributes: Attributes = {}): boolean {
  return uuidOf(String(attributes[core.id] ?? '')) !== undefined && /(?:^|\s)occi-gateway\//.test(catalogue.server);
}

function locationOfCreated(session: Session, { exchange, content }: Answer): string {
  const [first] = locationsIn(exchange, content);
  if (first !== undefined) return locationOf(session.space, first);
  const [draft] = content.drafts;
  const location = draft === undefined ? undefined : locationOfDraft(session, draft);
  if (location !== undefined) return location;
  const { url } = exchange.request;
  throw new ClientError('unreadable', `something is created in ${url}, and the server does not say where`, {
    advice: 'list the collection',
    exchange,
  });
}
