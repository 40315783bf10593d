import { type Found, isHolder, isNameless, namesOf } from '../../cdmi/found.ts';
import { escaped, objectIdName } from '../../cdmi/path.ts';
import { tagOf } from '../../cdmi/precondition.ts';
import { showMade } from '../../cdmi/read.ts';
import type { Saved } from '../../cdmi/save-data-object.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { sendMade } from './json-answer.ts';
import { sendNothing } from './send.ts';

/** The answer to who has made something, or changed it: in CDMI what has been made, under a media type. */
export async function sendSaved(
  call: CdmiCall,
  { found, isNew }: Saved,
  contentType: string | undefined,
): Promise<Response> {
  const { headers, incoming, session } = call;
  session.summaries?.count(found.object, { puts: 1n });
  if (found.object.kind === 'dataobject' || found.object.kind === 'queue') headers['etag'] = tagOf(found.object);
  if (!isNew) return sendNothing(call, 204);
  if (incoming.method === 'POST') headers['location'] = uriOf(call, found);
  if (contentType === undefined) return sendNothing(call, 201);
  return sendMade(call, contentType, await showMade(session, found));
}

/** The absolute URI of an object; by its ID where it has no other. */
function uriOf({ session }: CdmiCall, found: Found): string {
  const { origin, path } = session.root;
  const names = isNameless(found) ? [objectIdName, found.object.id] : namesOf(found);
  return origin + path + names.map(escaped).join('/') + (isHolder(found.object) ? '/' : '');
}
