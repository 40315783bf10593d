import { OcciError } from '../occi/errors.ts';
import { Conflict } from '../store/store.ts';

const attempts = 20;

/**
 * Runs a use case that reads, decides and commits, and starts it over while others change what it is based on.
 *
 * @throws OcciError `conflict` when it does not succeed often enough in a row
 */
export async function retrying<T>(useCase: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await useCase();
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      if (attempt === attempts) {
        throw new OcciError('conflict', 'others keep changing the same entities; try again', {}, { cause: error });
      }
    }
  }
}
