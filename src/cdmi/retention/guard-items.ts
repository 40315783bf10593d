import { OcciError } from '../../occi/errors.ts';
import type { Json } from '../object.ts';
import { readPeriod, writePeriod } from './period.ts';

/**
 * Reads `cdmi_retention_period`.
 *
 * @throws OcciError `attribute-value`
 */
export function readPeriodText(value: Json): string {
  const what = 'cdmi_retention_period';
  if (typeof value !== 'string') throw new OcciError('attribute-value', `${what} must be a string, start/end`);
  return writePeriod(readPeriod(value, what));
}

/**
 * Reads `cdmi_retention_autodelete`, which is a string to the standard and a boolean to many.
 *
 * @throws OcciError `attribute-value`
 */
export function readAutodelete(value: Json): 'true' | 'false' {
  if (value === true || value === 'true') return 'true';
  if (value === false || value === 'false' || value === '') return 'false';
  throw new OcciError('attribute-value', 'cdmi_retention_autodelete must be "true" or "false"');
}

/**
 * Reads `cdmi_hold_id`: the names of holds. A table of the standard has an array of them, its examples an object whose
 * fields they are; both are understood, and answered as the array.
 *
 * @throws OcciError `attribute-value`
 */
export function readHolds(value: Json): readonly string[] {
  const names = Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.keys(value) : [''];
  for (const name of names) {
    if (typeof name !== 'string' || name === '') {
      throw new OcciError('attribute-value', 'cdmi_hold_id must be an array of strings that are not empty');
    }
  }
  return [...new Set(names as readonly string[])];
}
