import { OcciError } from '../../occi/errors.ts';
import { type Excess, LimitExceeded } from '../../store/store.ts';

/**
 * Waits for what may be refused because the project would use more than it may.
 *
 * @throws OcciError `quota-exceeded` then, which says of what, and by how much
 */
export async function withinQuota<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LimitExceeded) throw quotaExceeded(error.excesses, error);
    throw error;
  }
}

/** Says of what a project would use more than it may, and by how much. */
export function quotaExceeded(excesses: readonly Excess[], cause?: unknown): OcciError {
  const parts = excesses.map(({ resource, most, used, asked }) => {
    return `the limit of ${resource} is ${most}, ${used} are used, and this asks for ${asked} more`;
  });
  const token = excesses[0]?.resource;
  return new OcciError('quota-exceeded', parts.join('; '), token === undefined ? {} : { token }, { cause });
}
