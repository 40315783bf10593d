import type { Precondition } from '../gateway/precondition.ts';
import { OcciError } from '../occi/errors.ts';
import type { CdmiObject } from './object.ts';

/** The strong entity tag of an object's value: another one after each change, and never one of an object before it. */
export function tagOf(object: CdmiObject): string {
  const { id, revision } = object;
  const time = object.kind === 'dataobject' && object.asOf !== undefined ? `-${object.asOf.toString(36)}` : '';
  return `"${id.slice(16)}-${revision.toString(36)}${time}"`;
}

/** @throws OcciError `precondition-failed` when an object is not as the client last saw it (RFC 9110 §13.1) */
export function checkPrecondition({ ifMatch, ifNoneMatch }: Precondition, object: CdmiObject | undefined): void {
  const meets = (tags: readonly string[]) =>
    object !== undefined && tags.some((tag) => tag === '*' || tag === tagOf(object));
  if (ifMatch !== undefined && !meets(ifMatch)) {
    throw new OcciError('precondition-failed', 'If-Match: the object has changed since; GET it again');
  }
  if (ifNoneMatch !== undefined && meets(ifNoneMatch)) {
    throw new OcciError('precondition-failed', 'If-None-Match: the object exists in that revision');
  }
}
