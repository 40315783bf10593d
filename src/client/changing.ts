import type { Attributes } from '../occi/attribute.ts';
import { collectionAt } from './collection.ts';
import { describe } from './description.ts';
import { resourceEnd } from './link-ends.ts';
import { locationOf } from './location.ts';
import type { Offer } from './offer.ts';
import { entityDraft, entityIn, type RemoteEntity } from './remote-entity.ts';
import type { Answer, Session } from './session.ts';
import { contentOf, rawAttributes, referenceFrom, type Wording, worded } from './wording.ts';

/** Says with a change that the entity has to be as it was seen: `etag` of a {@link RemoteEntity}. */
export interface Condition {
  readonly ifMatch?: string;
}

/** Changes what is named and nothing else (GFD.223 §10.3.1): attributes, mixins to be added, links to be created. */
export async function update(
  session: Session,
  url: string,
  change: Omit<Wording, 'kind'>,
  condition: Condition = {},
): Promise<RemoteEntity> {
  return changed(session, 'POST', url, change, condition);
}

/** Replaces an entity as a whole (GFD.223 §10.2.2): what is not named goes, except for links. */
export async function replace(
  session: Session,
  url: string,
  wording: Omit<Wording, 'links'>,
  condition: Condition = {},
): Promise<RemoteEntity> {
  const kind = wording.kind ?? (await describe(session, url)).kind;
  return changed(session, 'PUT', url, { ...wording, kind }, condition);
}

/** What an action has come to. */
export interface Outcome {
  /** The entity as it is now, where the server shows it. */
  readonly entity?: RemoteEntity;
  /** Mixins that were made: the template a `save` answers with. By type identifier. */
  readonly mixins: readonly string[];
}

/**
 * Invokes an action on an entity, or on all members of a collection.
 *
 * @param target URL or path; of collections the name, too
 * @param action its term or its type identifier
 */
export async function trigger(
  session: Session,
  target: string,
  action: string,
  attributes: Attributes = {},
): Promise<Outcome> {
  const location = collectionAt(session, target);
  const offer = await actionFor(session, location, action);
  const answer = await session.call({
    method: 'POST',
    location,
    query: `action=${encodeURIComponent(offer.term)}`,
    content: contentOf({
      categories: [referenceFrom(offer)],
      attributes: rawAttributes(session, attributes),
      links: [],
    }),
  });
  const draft = entityDraft(answer.content);
  if (draft !== undefined && answer.content.drafts.length === 1) {
    return { entity: entityIn(session, location, answer), mixins: [] };
  }
  const made = answer.content.drafts.flatMap(({ categories }) => categories);
  return { mixins: made.filter((one) => one.class === 'mixin').map(({ id }) => id) };
}

/** Actions of different kinds have the same terms, so what the target offers goes before what there is elsewhere. */
async function actionFor(session: Session, location: string, action: string): Promise<Offer> {
  const { catalogue } = session;
  const same = catalogue.actions.filter((one) => one.id === action || one.term === action);
  if (same.length < 2) return catalogue.resolve(action, 'action');
  const collection = catalogue.find(location);
  const ids = collection?.actions ?? (await describe(session, location)).actions;
  const { kind } = resourceEnd(session, location);
  const inherent = catalogue.find(kind, 'kind')?.actions ?? [];
  return same.find(({ id }) => ids.includes(id)) ?? same.find(({ id }) => inherent.includes(id)) ?? (same[0] as Offer);
}

async function changed(
  session: Session,
  method: string,
  url: string,
  wording: Wording,
  { ifMatch }: Condition,
): Promise<RemoteEntity> {
  const location = locationOf(session.space, url);
  const answer: Answer = await session.call({
    method,
    location,
    content: worded(session, wording),
    ...(ifMatch === undefined ? {} : { fields: [['If-Match', ifMatch]] }),
  });
  // Some servers only say that it is done.
  return entityDraft(answer.content) === undefined ? describe(session, location) : entityIn(session, location, answer);
}
