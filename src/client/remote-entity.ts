import type { Attributes } from '../occi/attribute.ts';
import type { CategoryReference, Content, Draft, LinkDraft, RawAttributes } from '../occi/draft.ts';
import { core, uuidOf } from '../occi/entity.ts';
import { absolute, type NameSpace } from '../occi/name-space.ts';
import { typedValue } from './attribute-types.ts';
import type { Catalogue } from './catalogue.ts';
import { ClientError } from './client-error.ts';
import { type Exchange, field } from './exchange.ts';
import { locationOf, urlOf } from './location.ts';
import type { Answer, Session } from './session.ts';

/** An entity as a server shows it: plain data. */
export interface RemoteEntity {
  /** Absolute. */
  readonly url: string;
  /** The path below the endpoint. */
  readonly location: string;
  /** The type identifier of its kind; empty when the server does not say. */
  readonly kind: string;
  /** The type identifiers of its mixins. */
  readonly mixins: readonly string[];
  /** Under their names in text, those of the core included; typed where server or standard tell the type. */
  readonly attributes: Attributes;
  /** The links that start at it. */
  readonly links: readonly RemoteLink[];
  /** The type identifiers of the actions that it offers in its present state. */
  readonly actions: readonly string[];
  /** The tag for conditional requests, from servers that have one. */
  readonly etag?: string;
}

/** A link as its source shows it. */
export interface RemoteLink {
  /** Where the link itself is, when it is somewhere. */
  readonly url?: string;
  /** Where it leads; absolute. */
  readonly target?: string;
  /** The type identifier of what is there. */
  readonly targetKind?: string;
  readonly kind?: string;
  readonly mixins: readonly string[];
  readonly attributes: Attributes;
}

/** The surroundings in which an answer is understood. */
export type Reader = Pick<Session, 'space' | 'catalogue'>;

/** The entity that an answer shows. @throws ClientError `unreadable` when it shows none */
export function entityIn(reader: Reader, location: string, { exchange, content }: Answer): RemoteEntity {
  const draft = entityDraft(content);
  if (draft === undefined) throw noEntity(exchange);
  const etag = field(exchange.response.headers, 'etag');
  return { ...remoteEntity(reader, draft, location), ...(etag === undefined ? {} : { etag }) };
}

/** The entities that an answer shows in full, in their order: a listing in JSON. */
export function entitiesIn(reader: Reader, { drafts }: Content): readonly RemoteEntity[] {
  return drafts.flatMap((draft) => {
    const location = locationOfDraft(reader, draft);
    return location === undefined ? [] : [remoteEntity(reader, draft, location)];
  });
}

/** The draft of an entity: one that says more about it than that it has been acted on. */
export function entityDraft({ drafts }: Content): Draft | undefined {
  return drafts.find(({ categories, attributes }) => {
    return attributes.size > 0 || categories.some((category) => category.class === 'kind');
  });
}

/** Where an entity is whose rendering may not say so: in the collection of its kind, under its id. */
export function locationOfDraft({ space, catalogue }: Reader, draft: Draft): string | undefined {
  if (draft.location !== undefined) return locationOf(space, draft.location);
  const raw = draft.attributes.get(core.id);
  if (raw === undefined) return undefined;
  return locationOfId(space, catalogue, classified(catalogue, draft.categories).kind, textOf(raw));
}

function locationOfId(
  space: NameSpace,
  catalogue: Catalogue,
  kind: string | undefined,
  id: string,
): string | undefined {
  if (/^(?:\/|https?:)/i.test(id)) return locationOf(space, id);
  const collection = kind === undefined ? undefined : catalogue.find(kind, 'kind')?.location;
  if (collection === undefined) return undefined;
  return `${collection.replace(/\/$/, '')}/${uuidOf(id) ?? encodeURIComponent(id)}`;
}

function remoteEntity(reader: Reader, draft: Draft, location: string): RemoteEntity {
  const { catalogue, space } = reader;
  const { kind = '', mixins } = classified(catalogue, draft.categories);
  const isAction = (link: LinkDraft) => link.action !== undefined;
  return {
    url: absolute(space, location),
    location,
    kind,
    mixins,
    attributes: typed(catalogue, draft.attributes),
    links: draft.links.filter((link) => !isAction(link)).map((link) => remoteLink(reader, link)),
    actions: [...new Set(draft.links.filter(isAction).map((link) => actionOf(catalogue, link)))],
  };
}

function remoteLink({ catalogue, space }: Reader, link: LinkDraft): RemoteLink {
  const { kind, mixins } = classified(catalogue, link.categories);
  const location = link.self === undefined ? undefined : locationOfId(space, catalogue, kind, link.self);
  // Some servers show where the link is as its target, and the target among its attributes.
  const named = link.attributes.get(core.target);
  const target = named !== undefined ? textOf(named) : link.target === link.self ? '' : link.target;
  const rel = link.rel[0] ?? (link.attributes.has(core.targetKind) ? textOf(link.attributes.get(core.targetKind)) : '');
  return {
    ...(location === undefined ? {} : { url: absolute(space, location) }),
    ...(target === '' ? {} : { target: urlOf(space, target) }),
    ...(rel === '' ? {} : { targetKind: rel }),
    ...(kind === undefined ? {} : { kind }),
    mixins,
    // JSON has it as a member of the link, text among the attributes.
    attributes: { ...typed(catalogue, link.attributes), ...(target === '' ? {} : { [core.target]: target }) },
  };
}

/** Kind and mixins among categories of which the server may not say what they are. */
function classified(catalogue: Catalogue, categories: readonly CategoryReference[]) {
  const classes = categories.map((one) => {
    const offer = catalogue.find(one.id);
    return { id: offer?.id ?? one.id, class: one.class ?? offer?.class };
  });
  const kind = classes.find((one) => one.class === 'kind') ?? classes.find((one) => one.class === undefined);
  const mixins = classes.filter((one) => one !== kind && one.class !== 'action').map(({ id }) => id);
  return { ...(kind === undefined ? {} : { kind: kind.id }), mixins: [...new Set(mixins)] };
}

/** The type identifier of an action; old servers only give its term. */
function actionOf(catalogue: Catalogue, { rel, action = '' }: LinkDraft): string {
  return rel.find((id) => id.includes('#')) ?? catalogue.find(action, 'action')?.id ?? action;
}

function typed({ typeOf }: Catalogue, attributes: RawAttributes): Attributes {
  return Object.fromEntries([...attributes].map(([name, raw]) => [name, typedValue(name, raw, typeOf)]));
}

function textOf(raw: ReturnType<RawAttributes['get']>): string {
  if (raw === undefined) return '';
  return raw.form === 'json' ? String(raw.value) : raw.text;
}

function noEntity(exchange: Exchange): ClientError {
  const { method, url } = exchange.request;
  return new ClientError('unreadable', `the answer to ${method} ${url} shows no entity`, {
    advice: 'try another rendering',
    exchange,
  });
}
