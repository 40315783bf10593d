import { actOnMembers } from '../gateway/act.ts';
import { associate, disassociate, replaceMembers } from '../gateway/associate.ts';
import { create } from '../gateway/create.ts';
import { deleteMembers } from '../gateway/delete.ts';
import { list, pageOf } from '../gateway/list.ts';
import { authorize } from '../gateway/policy/authorize.ts';
import type { CollectionTarget } from '../gateway/selection.ts';
import { emptyContent } from '../occi/draft.ts';
import { isLink } from '../occi/entity.ts';
import { OcciError } from '../occi/errors.ts';
import type { Mixin } from '../occi/mixin.ts';
import { absolute } from '../occi/name-space.ts';
import type { Collection, Renderer } from '../renderers/renderer.ts';
import { type Call, read, readSelection, renderContext, send, tagOf } from './call.ts';
import { mustBeBelow } from './presence.ts';

/** The operations on the collection of a kind or mixin, and on everything below an unbound path (GFD.223 §11). */
export async function onCollection(call: Call, target: CollectionTarget, textOcci: Renderer): Promise<Response> {
  const { provider, scope, incoming } = call;
  const mixin = 'category' in target && target.category.class === 'mixin' ? target.category : undefined;
  if ('under' in target && incoming.method !== 'POST') await mustBeBelow(provider, target.under);
  switch (incoming.method) {
    case 'POST':
      if (incoming.query.has('action')) return invoke(call, target);
      return mixin === undefined ? createIn(call, target) : putOn(call, mixin, associate);
    case 'PUT':
      return putOn(call, mixin as Mixin, replaceMembers);
    case 'DELETE': {
      if (pageOf(provider, incoming.query) !== undefined) throw noPageOfDelete();
      const content = await readSelection(call, textOcci);
      if (mixin === undefined) await deleteMembers(provider, scope, target, content);
      else await disassociate(provider, scope, mixin, content);
      return send(call, 200, call.renderer.done(call.mediaType));
    }
    default: {
      const content = await readSelection(call, textOcci);
      const page = pageOf(provider, incoming.query);
      const { hasNext, ...collection } = await list(provider, scope, target, content, page);
      authorize(scope, 'list', [], target);
      if (page === undefined || !hasNext || call.mediaType.startsWith('text/occi') || call.mediaType === 'text/plain') {
        return sendCollection(call, collection);
      }
      // Link is a field of the rendering in text/occi, so only the types that do not use it say where to go on.
      call.headers['link'] = `<${incoming.withPage(page.page + 1, page.number)}>; rel="next"`;
      return sendCollection(call, collection);
    }
  }
}

async function createIn(call: Call, target: CollectionTarget): Promise<Response> {
  const { provider, scope, incoming, renderer, mediaType, headers } = call;
  const { content } = await read(call);
  if (content.drafts.length === 0 && content.locations.length > 0) {
    throw new OcciError('invalid-request', 'entities are associated with mixins; this is no collection of a mixin');
  }
  const place = 'category' in target ? { collection: target.category } : {};
  const views = await create(provider, scope, content, place, incoming.precondition);
  const [view] = views;
  if (view !== undefined && views.length === 1) {
    headers['location'] = absolute(scope.space, view.entity.location);
    headers['etag'] = tagOf(call, view);
    return send(call, 201, renderer.created(view, renderContext(call), mediaType));
  }
  const links = views.filter(({ entity }) => isLink(entity)).length;
  return sendCollection(call, {
    shape: links === 0 ? 'resources' : links === views.length ? 'links' : 'mixed',
    locations: async function* () {
      yield views.map(({ entity }) => entity.location);
    },
    views: async function* () {
      yield views;
    },
  });
}

async function putOn(call: Call, mixin: Mixin, operation: typeof associate): Promise<Response> {
  const { provider, scope } = call;
  const { content } = await read(call);
  await operation(provider, scope, mixin, content);
  return sendCollection(call, await list(provider, scope, { category: mixin }, emptyContent, undefined));
}

async function invoke(call: Call, target: CollectionTarget): Promise<Response> {
  const { provider, scope, incoming } = call;
  if ('under' in target) {
    throw new OcciError('invalid-request', 'actions are invoked on entities and on collections of kinds and mixins');
  }
  const { content } = await read(call);
  await actOnMembers(provider, scope, target, incoming.query.get('action') ?? '', content.drafts[0]);
  return sendCollection(call, await list(provider, scope, target, emptyContent, undefined));
}

async function sendCollection(call: Call, collection: Collection): Promise<Response> {
  return send(call, 200, await call.renderer.collection(collection, renderContext(call), call.mediaType));
}

/** Whoever pages means a part; taking it for everything would be the worst of all misunderstandings. */
function noPageOfDelete(): OcciError {
  return new OcciError(
    'bad-paging',
    'only reading is done in pages; say with a filter or a list what is to be deleted',
  );
}
