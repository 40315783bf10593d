import { anybody, type Credentials } from '../../gateway/credentials.ts';
import { OcciError } from '../../occi/errors.ts';
import type { Incoming } from '../incoming.ts';
import type { Authenticator } from './authenticator.ts';

/**
 * Who sends a request: the first of the accepted ways for which it has credentials decides.
 *
 * @param authenticators none where nobody is asked
 * @throws OcciError `unauthenticated` with all challenges, when it has none or wrong ones
 */
export async function authenticate(authenticators: readonly Authenticator[], incoming: Incoming): Promise<Credentials> {
  if (authenticators.length === 0) return anybody;
  const challenges = authenticators.map(({ challenge }) => challenge).filter((one) => one !== undefined);
  for (const authenticator of authenticators) {
    try {
      const credentials = await authenticator.authenticate(incoming);
      if (credentials !== undefined) return credentials;
    } catch (error) {
      if (!(error instanceof OcciError) || error.code !== 'unauthenticated') throw error;
      throw new OcciError('unauthenticated', error.message, { ...error.details, challenges }, { cause: error });
    }
  }
  throw new OcciError('unauthenticated', 'say who you are: the WWW-Authenticate header tells how', { challenges });
}
