import { type Found, isHolder } from '../../cdmi/found.ts';
import type { Target } from '../../cdmi/place.ts';
import { Redirection } from '../../cdmi/redirection.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { find } from '../../cdmi/tree.ts';
import { OcciError } from '../../occi/errors.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { onCdmi } from './cdmi-operation.ts';
import { formBoundary } from './form.ts';
import { onForm } from './form-operation.ts';
import { withoutPost } from './methods.ts';
import { onEnqueue } from './queue-operations.ts';
import { toTheSlash } from './redirect.ts';
import { type BodyStyle, styleOf } from './style.ts';
import { onValue } from './value-operation.ts';

/** POST: makes something under a name of ours, or where only its ID leads to; to a queue, it puts values into it. */
export async function onPost(call: CdmiCall): Promise<Response> {
  const { path, session } = call;
  if (path.from === 'capabilities') throw invalid('this name is reserved');
  const how = styleOf(call);
  if (path.from === 'ids') return onNew(call, how, { in: 'nowhere' });
  const found = await find(session, path);
  if (found !== undefined && isHolder(found.object) && !path.slash) return toTheSlash(call);
  if (found?.object.kind === 'queue') return onEnqueue(call, how);
  mustTake(found);
  return onNew(call, how, { in: path });
}

async function onNew(call: CdmiCall, how: BodyStyle, target: Target): Promise<Response> {
  const makesQueue = how.style === 'cdmi' && how.kind === 'queue';
  const isNamed = !('in' in target && target.in === 'nowhere');
  if (isNamed) call.session.capabilities.require(makesQueue ? 'cdmi_post_queue' : 'cdmi_post_dataobject', 'container');
  if (how.style === 'plain') {
    const boundary = formBoundary(how.mimetype);
    return boundary === undefined ? onValue(call, how.mimetype, target) : onForm(call, boundary, target);
  }
  if (how.style === 'cdmi' && how.kind !== 'object' && !makesQueue) {
    throw invalid(`a ${how.kind} is made by PUT, with its name`);
  }
  return onCdmi(call, how, target);
}

/** @throws OcciError `method-not-allowed` where something is there to which nothing can be added */
function mustTake(found: Found | undefined): void {
  if (found === undefined || found.object.kind === 'container') return;
  if (found.object.kind === 'reference') throw new Redirection(found.object.target);
  throw new OcciError('method-not-allowed', `POST is not defined for a ${found.object.kind}`, { allow: withoutPost });
}
