import type { CdmiObject } from '../../cdmi/object.ts';
import { checkPrecondition, tagOf } from '../../cdmi/precondition.ts';
import type { CdmiCall } from './cdmi-call.ts';

/**
 * Whether a client that reads has an object already as it is (RFC 9110 §13.1): 304 is all that it needs then. The answer
 * gets the entity tag.
 *
 * @throws OcciError `precondition-failed` when the client wants it only as it was
 */
export function isKnown({ incoming, headers }: CdmiCall, object: CdmiObject): boolean {
  const { ifMatch, ifNoneMatch } = incoming.precondition;
  if (ifMatch !== undefined) checkPrecondition({ ifMatch }, object);
  const tag = tagOf(object);
  headers['etag'] = tag;
  return ifNoneMatch?.some((one) => one === '*' || one === tag) === true;
}
