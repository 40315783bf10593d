import type { DataObjectDraft } from './data-object-draft.ts';
import type { Encoding } from './encoding.ts';
import { isText } from './examined.ts';
import type { DataObject } from './object.ts';
import { invalid } from './refusals.ts';
import type { Session } from './session.ts';

/**
 * How the value is shown. What is not text cannot be shown as text.
 *
 * @param present how it has been shown until now
 * @throws OcciError `invalid-request`, `too-large`
 */
export async function encodingOf(
  session: Session,
  present: Encoding | undefined,
  { content, encoding }: DataObjectDraft,
  value: DataObject['value'],
): Promise<Encoding> {
  const wanted = encoding ?? present ?? 'utf-8';
  if (content !== undefined || wanted === 'base64' || wanted === present) return wanted;
  if (wanted === 'utf-8' && (await isText(session, value))) return wanted;
  if (wanted === 'utf-8') throw invalid('the value is no UTF-8, so that it can be shown in base64 only');
  throw invalid(`valuetransferencoding ${wanted} has to come with a value`);
}
