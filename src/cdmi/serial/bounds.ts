import { OcciError } from '../../occi/errors.ts';

/** How long what is serialized may be, in bytes: to make objects of it again, it has to be in memory. */
export const largest = 67_108_864;

/** How deep arrays and objects in it may be nested: two of them for each container, and those in its metadata. */
export const deepest = 600;

export function tooLarge(): OcciError {
  return new OcciError('too-large', `what is serialized must not exceed ${largest} bytes`);
}
