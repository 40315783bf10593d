import { OcciError, quoteToken } from '../occi/errors.ts';
import type { CdmiObject } from './object.ts';

/** There is nothing, or nothing that this project may know of. */
export function notFound(what: string): OcciError {
  return new OcciError('not-found', `there is no ${what}`);
}

/** The list of an object is against it. */
export function forbidden({ name, id }: Pick<CdmiObject, 'name' | 'id'>, what: string): OcciError {
  const it = name === '' ? id : quoteToken(name);
  return new OcciError('forbidden', `${what}: the access control list of ${it} does not allow it to you`);
}

/** A request that makes no sense as it is. */
export function invalid(message: string, token?: string): OcciError {
  return new OcciError('invalid-request', message, token === undefined ? {} : { token });
}

/** A request is about more objects than one may be. */
export function tooMany(done: string, most: number): OcciError {
  return new OcciError('too-large', `no more than ${most} objects are ${done} by one request`);
}

/** Snapshots stay as they are, and summaries are the gateway's. */
export function past({ name, id }: Pick<CdmiObject, 'name' | 'id'>): OcciError {
  return new OcciError(
    'forbidden',
    `${quoteToken(name || id)} is kept as it is: snapshots can be read, copied and deleted, summaries of domains can be read`,
  );
}
