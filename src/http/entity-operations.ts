import { actOnEntity } from '../gateway/act.ts';
import { create } from '../gateway/create.ts';
import { deleteEntity } from '../gateway/delete.ts';
import { checkPath } from '../gateway/entity-path.ts';
import { authorize } from '../gateway/policy/authorize.ts';
import { check } from '../gateway/precondition.ts';
import { replace, update } from '../gateway/update.ts';
import type { Content, Draft } from '../occi/draft.ts';
import { OcciError } from '../occi/errors.ts';
import { absolute } from '../occi/name-space.ts';
import { type Call, read, renderContext, send, sendEntity, tagOf } from './call.ts';
import { mustBeAt, noEntityAt } from './presence.ts';

/** The operations on one entity (GFD.223 §10). */
export function onEntity(call: Call, location: string): Promise<Response> {
  switch (call.incoming.method) {
    case 'POST':
      return call.incoming.query.has('action') ? invoke(call, location) : partialUpdate(call, location);
    case 'PUT':
      return put(call, location);
    case 'DELETE':
      return remove(call, location);
    default:
      return describe(call, location);
  }
}

async function remove(call: Call, location: string): Promise<Response> {
  await deleteEntity(call.provider, call.scope, location, call.incoming.precondition);
  return send(call, 200, call.renderer.done(call.mediaType));
}

async function describe(call: Call, location: string): Promise<Response> {
  const view = await call.provider.store.view(location);
  if (view === undefined) throw noEntityAt(location);
  authorize(call.scope, 'show', [view.entity]);
  const { ifMatch } = call.incoming.precondition;
  if (ifMatch !== undefined) check({ ifMatch }, view.entity);
  return sendEntity(call, view);
}

async function partialUpdate(call: Call, location: string): Promise<Response> {
  await mustBeAt(call.provider, location);
  const { content } = await read(call);
  const { precondition } = call.incoming;
  return sendEntity(call, await update(call.provider, call.scope, location, oneDraft(content), precondition));
}

async function invoke(call: Call, location: string): Promise<Response> {
  await mustBeAt(call.provider, location);
  const { content } = await read(call);
  const { view, template } = await actOnEntity(
    call.provider,
    call.scope,
    location,
    call.incoming.query.get('action') ?? '',
    content.drafts[0],
    call.incoming.precondition,
  );
  if (template === undefined) return sendEntity(call, view);
  // GFD.224 §3.1: a save answers with the rendering of the template it has made.
  return send(call, 200, call.renderer.mixins([template], renderContext(call), call.mediaType));
}

async function put(call: Call, location: string): Promise<Response> {
  const { content, renderer } = await read(call);
  const draft = oneDraft(content);
  const { provider, scope, incoming } = call;
  call.headers['location'] = absolute(scope.space, location);
  if ((await provider.store.view(location)) !== undefined) {
    return sendEntity(call, await replace(provider, scope, location, draft, incoming.precondition));
  }
  checkPath(location);
  const isText = !renderer.mediaTypes[0].includes('json');
  if (isText && draft.links.some((link) => link.action === undefined)) {
    throw new OcciError('invalid-request', 'a PUT must not contain links; create them with POST');
  }
  const [view] = await create(provider, scope, content, { location }, incoming.precondition);
  if (view === undefined) throw noEntityAt(location);
  call.headers['etag'] = tagOf(call, view);
  return send(call, 201, call.renderer.created(view, renderContext(call), call.mediaType));
}

/** A request about one entity says one thing. */
function oneDraft(content: Content): Draft {
  const [draft, ...more] = content.drafts;
  if (more.length > 0) {
    throw new OcciError('invalid-request', 'this is the path of one entity, and the request describes several');
  }
  if (content.locations.length > 0) {
    throw new OcciError('invalid-request', 'X-OCCI-Location names members of a collection; this is an entity');
  }
  return draft ?? { categories: [], attributes: new Map(), links: [] };
}
