import type { Action } from '../occi/action.ts';
import type { AttributeDefinition, Value } from '../occi/attribute.ts';
import { core, type Entity, type EntityView, isLink, text } from '../occi/entity.ts';
import type { Kind } from '../occi/kind.ts';
import type { Mixin } from '../occi/mixin.ts';
import type { Model } from '../occi/model.ts';
import { path } from '../occi/name-space.ts';
import { bodyText } from './body-text.ts';
import { contentFromAnswer } from './json-answers.ts';
import { contentFrom } from './json-drafts.ts';
import { requestObject } from './json-requests.ts';
import { pieces } from './pieces.ts';
import { remembered } from './remembered.ts';
import type { Collection, Problem, RenderContext, Rendered, Renderer } from './renderer.ts';
import { readJson } from './strict-json.ts';

/** application/occi+json (GFD.226), under the name application/json, too. */
export const occiJson: Renderer = {
  mediaTypes: ['application/occi+json', 'application/json'],
  listingOnly: false,

  parse({ body, header, lenient }) {
    const value = readJson(bodyText({ body, header }));
    return lenient === true ? contentFromAnswer(value) : contentFrom(value);
  },

  request: (content, mediaType) => json(JSON.stringify(requestObject(content)), mediaType),

  entity: (view, context, mediaType) => json(entityText(view, context), mediaType),

  created: (view, context, mediaType) => json(entityText(view, context), mediaType),

  async collection(collection, context, mediaType) {
    return { contentType: mediaType, body: await collectionBody(collection, context) };
  },

  categories: ({ kinds, mixins, actions }, { model }, mediaType) =>
    json(
      JSON.stringify({
        kinds: kinds.map((kind) => categoryObject(kind, model)),
        mixins: mixins.map((mixin) => categoryObject(mixin, model)),
        actions: actions.map((action) => categoryObject(action, model)),
      }),
      mediaType,
    ),

  mixins: (mixins, { model }, mediaType) =>
    json(JSON.stringify({ mixins: mixins.map((mixin) => categoryObject(mixin, model)) }), mediaType),

  done: (mediaType) => json('{}', mediaType),

  error: (problem) => json(JSON.stringify(problemObject(problem)), 'application/problem+json'),
};

function json(body: string, contentType: string): Rendered {
  return { contentType, body };
}

const entityText = remembered((view, context) => JSON.stringify(entityObject(view, context)));

/** A resource (GFD.226 §3.1.1) or a link (§3.1.2), its members in the order of the tables. */
function entityObject(view: EntityView, context: RenderContext): object {
  const { entity, links } = view;
  if (isLink(entity)) return linkObject(entity, context);
  const summary = text(entity, core.summary);
  return {
    ...common(entity, context),
    ...(links.length === 0 ? {} : { links: links.map((link) => linkObject(link, context)) }),
    ...(summary === undefined ? {} : { summary }),
    ...titleOf(entity),
  };
}

function linkObject(link: Entity, context: RenderContext): object {
  return {
    ...common(link, context),
    source: endObject(link, core.source, core.sourceKind, context),
    target: endObject(link, core.target, core.targetKind, context),
    ...titleOf(link),
  };
}

function common(entity: Entity, context: RenderContext): object {
  const attributes: Record<string, Value> = {};
  let some = false;
  for (const [name, value] of Object.entries(entity.attributes)) {
    // What the core defines are members of their own (GFD.226 §3.1).
    if (name.startsWith('occi.core.')) continue;
    attributes[name] = value;
    some = true;
  }
  const actions = context.applicable(entity);
  return {
    kind: entity.kind,
    ...(entity.mixins.length === 0 ? {} : { mixins: entity.mixins }),
    ...(some ? { attributes } : {}),
    ...(actions.length === 0 ? {} : { actions: actions.map(({ id }) => id) }),
    id: text(entity, core.id),
  };
}

function titleOf(entity: Entity): object {
  const title = text(entity, core.title);
  return title === undefined ? {} : { title };
}

function endObject(link: Entity, name: string, kindName: string, { space }: RenderContext): object {
  const location = text(link, name) ?? '';
  const kind = text(link, kindName);
  return {
    location: location.startsWith('/') ? path(space, location) : location,
    ...(kind === undefined ? {} : { kind }),
  };
}

/** A category (GFD.226 §3.2); inherited attributes and actions are repeated, as clients look nowhere else. */
function categoryObject(category: Kind | Mixin | Action, model: Model): object {
  const attributes = model.attributesOf(category);
  const actions = category.class === 'action' ? [] : model.actionIdsOf(category);
  return {
    term: category.term,
    scheme: category.scheme,
    ...(category.title === undefined ? {} : { title: category.title }),
    ...(attributes.length === 0
      ? {}
      : { attributes: Object.fromEntries(attributes.map((one) => [one.name, definitionObject(one)])) }),
    ...(actions.length === 0 ? {} : { actions }),
    ...(category.class === 'kind' && category.parent !== undefined ? { parent: category.parent } : {}),
    ...(category.class === 'mixin' && category.depends.length > 0 ? { depends: category.depends } : {}),
    ...(category.class === 'mixin' && category.applies.length > 0 ? { applies: category.applies } : {}),
    ...(category.class !== 'action' && category.location !== undefined ? { location: category.location } : {}),
  };
}

/** An attribute description (GFD.226 §3.5.1). Text and JSON have opposite defaults, so nothing is left to them. */
function definitionObject(definition: AttributeDefinition): object {
  const { mutable, required, type, pattern, description } = definition;
  return {
    mutable,
    required,
    type,
    ...(pattern === undefined ? {} : { pattern }),
    ...(definition.default === undefined ? {} : { default: definition.default }),
    ...(description === undefined ? {} : { description }),
  };
}

/** A collection (GFD.226 §3.3): resources and links under keys of their own. */
async function collectionBody(collection: Collection, context: RenderContext): Promise<string | AsyncIterable<string>> {
  const { shape } = collection;
  const write = (view: EntityView) => entityText(view, context);
  const members = (which: AsyncIterable<readonly EntityView[]>) => pieces(which, write, ',');
  const first = await members(shape === 'mixed' ? only(collection, false) : collection.views());
  if (shape !== 'mixed') return enclose(`{"${shape}":[`, first, async () => ']}');
  // A mixed one is read again for its links, so that they do not have to wait in memory for the resources.
  return enclose('{"resources":[', first, async () => {
    const links = await members(only(collection, true));
    if (links === '' && first !== '') return ']}';
    return enclose('],"links":[', links, async () => ']}');
  });
}

/** A text in three parts, of which the last is only asked for when the others are out. */
async function enclose(
  head: string,
  body: string | AsyncIterable<string>,
  tail: () => Promise<string | AsyncIterable<string>>,
): Promise<string | AsyncIterable<string>> {
  if (typeof body !== 'string') return sequence(head, body, tail);
  const rest = await tail();
  return typeof rest === 'string' ? head + body + rest : sequence(head + body, nothing(), async () => rest);
}

async function* sequence(
  head: string,
  body: AsyncIterable<string>,
  tail: () => Promise<string | AsyncIterable<string>>,
): AsyncGenerator<string> {
  yield head;
  yield* body;
  const rest = await tail();
  if (typeof rest === 'string') yield rest;
  else yield* rest;
}

async function* nothing(): AsyncGenerator<string> {
  // The head has said it all.
}

async function* only(collection: Collection, links: boolean): AsyncGenerator<readonly EntityView[]> {
  for await (const page of collection.views()) {
    const part = page.filter(({ entity }) => isLink(entity) === links);
    if (part.length > 0) yield part;
  }
}

/** Problem details (RFC 9457). */
function problemObject({ error, status, title, requestId }: Problem): object {
  const { position, token } = error.details;
  return {
    type: `urn:occi-gateway:error:${error.code}`,
    title,
    status,
    detail: error.message,
    instance: `urn:occi-gateway:request:${requestId}`,
    code: error.code,
    ...(position === undefined ? {} : position),
    ...(token === undefined ? {} : { token: token.slice(0, 80) }),
  };
}
