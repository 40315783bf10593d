import { OcciError } from '../../occi/errors.ts';
import type { Json } from '../object.ts';

/**
 * Reads whether something is enabled, which is a string to the standard and a boolean to many.
 *
 * @param name of the item
 * @throws OcciError `attribute-value`
 */
export function readEnabled(name: string): (value: Json) => 'true' | 'false' {
  return (value) => {
    if (value === true || value === 'true') return 'true';
    if (value === false || value === 'false') return 'false';
    throw new OcciError('attribute-value', `${name} must be "true" or "false"`, { token: name });
  };
}

/**
 * Reads the URI of a domain; whether there is one is asked when it is needed.
 *
 * @param name of the item
 * @throws OcciError `attribute-value`
 */
export function readUri(name: string): (value: Json) => string {
  return (value) => {
    if (typeof value === 'string') return value;
    throw new OcciError('attribute-value', `${name} must be a string`, { token: name });
  };
}
