import type { Capable } from '../../cdmi/capabilities.ts';
import type { DataObjectDraft } from '../../cdmi/data-object-draft.ts';
import type { ObjectRequest } from '../../cdmi/object-request.ts';
import type { Target } from '../../cdmi/place.ts';
import { invalid } from '../../cdmi/refusals.ts';
import { deserialize, type Serial } from '../../cdmi/serial/deserialize.ts';
import { serialized } from '../../cdmi/serial/serialized.ts';
import type { Session } from '../../cdmi/session.ts';
import type { CdmiCall } from './cdmi-call.ts';
import { sendSaved } from './made.ts';

/**
 * What a request wants to be made of what has been serialized (ISO/IEC 17826 §15).
 *
 * @param kind what that is to be
 * @throws OcciError `invalid-request`
 */
export function serialIn({ source }: ObjectRequest, kind: Capable): Serial | undefined {
  if (source?.by === 'serialize' && kind !== 'dataobject') throw invalid('what is serialized becomes a data object');
  if (source?.by === 'deserialize') return { deserialize: source.from };
  return source?.by === 'deserializevalue' ? { deserializevalue: source.from } : undefined;
}

/** Makes objects again. What they are like, what has been serialized tells. */
export async function onDeserialize(
  call: CdmiCall,
  contentType: string,
  target: Target,
  kind: Capable,
  serial: Serial,
): Promise<Response> {
  const { session, selectors, incoming } = call;
  if (selectors.length > 0) throw invalid('an object is deserialized as a whole');
  const saved = await deserialize(session, target, kind, serial, incoming.precondition);
  return sendSaved(call, saved, contentType);
}

/** What becomes of a data object when another object is to be serialized into it. */
export async function serializedIn(
  session: Session,
  { source, mimetype }: ObjectRequest,
  target: Target,
): Promise<Pick<DataObjectDraft, 'mimetype' | 'encoding' | 'content'>> {
  if (source?.by !== 'serialize') return {};
  const content = await serialized(session, source.from, 'in' in target && target.in === 'nowhere');
  return { mimetype: mimetype ?? 'application/json', encoding: 'utf-8', content };
}
